#pragma once

#include <string>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The supported image formats, identified by a file's first bytes.
enum class FileFormat {
  jpeg,
  png,
  webp,
  tiff,
  gif,
  heic,
  avif,
  jpeg_xl,
  jpeg_2000,
  bmp,
  netpbm,
  other,  ///< Sun raster, Radiance HDR, PFM
  unknown
};

const char* to_string(FileFormat format);

/// The number of bytes at the start of a file that identify_format and describe_unsupported read.
constexpr std::size_t kIdentifyingBytes = 512;

/// Identifies the format of a file from its first kIdentifyingBytes. Never throws.
/// @return `unknown` for anything but a supported image.
FileFormat identify_format(ByteView bytes);

/// Says what an `unknown` file is and how to convert it, to follow the file name in a message: "is
/// a PDF document; …". Empty if the file type is not recognized.
std::string describe_unsupported(ByteView bytes);

}  // namespace saccade
