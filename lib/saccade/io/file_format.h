#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

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
  netpbm,  ///< PNM, PAM, PFM
  other,   ///< Sun raster, Radiance HDR
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

// Stricter than identify_format, for files that may be anything, such as a list of paths: the bytes
// of an ordinary text never count as an image. Recognizes more formats than can be decoded, so that
// messages can name them.

/// The image format that a file's first bytes indicate, e.g. "JPEG" or "HEIC"; nullptr if none.
/// @param start  the first kSignatureBytes of the file, or all of a shorter one.
const char* image_format_of(std::string_view start);
constexpr std::size_t kSignatureBytes = 64;

/// The same for a file. Opens regular files only; nullptr for all others and when reading fails.
const char* image_format_of_file(const std::filesystem::path& path);

/// Whether the file name has an image extension (.jpg, .jpeg, .jpe, .jfif, .png, .apng, .webp,
/// .tif, .tiff, .bmp, .gif, .heic, .heif, .avif, .jxl, .jp2, .j2k, .ppm, .pgm, .pbm, .pnm; ignoring
/// case). Does not read the file.
bool has_image_extension(const std::filesystem::path& path);

}  // namespace saccade
