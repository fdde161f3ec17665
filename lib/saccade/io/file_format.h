#pragma once

#include <string>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The formats of images that are read, told by a file's first bytes.
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

/// Bytes from a file's begin that identify_format and describe_unsupported look at.
constexpr std::size_t kIdentifyingBytes = 512;

/// Never throws. `unknown` is no image, or one of a kind that is not read.
FileFormat identify_format(ByteView bytes);

/// What an `unknown` file really is and the way out, to follow the file's name in a message: "is a
/// PDF document; …". Empty when it is nothing that is known here.
std::string describe_unsupported(ByteView bytes);

}  // namespace saccade
