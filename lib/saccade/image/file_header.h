#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "saccade/io/byte_view.h"
#include "saccade/io/file_format.h"

namespace saccade {

/// Properties of an image file that are known without decoding it: those that are needed to reject
/// images that are too large, and those that the decoder ignores. Properties that the decoder
/// reports itself keep their defaults: all of JPEG, and size and profile of TIFF, HEIC, AVIF, JPEG
/// XL and JPEG 2000.
struct FileHeader {
  FileFormat format = FileFormat::unknown;
  std::int64_t width = 0, height = 0;     ///< as stored, before orientation; 0 if unknown
  int orientation = 1;                    ///< EXIF orientation, 1…8; of PNG, WebP and TIFF
  bool complete = true;                   ///< false: the file is truncated
  std::vector<std::uint8_t> icc_profile;  ///< of PNG, WebP and BMP; empty: sRGB
  bool animated = false;                  ///< WebP or PNG with frames
  bool palette = false;                   ///< JPEG 2000 with a palette
  int extra_samples = -1;  ///< of TIFF: −1 absent, 0 no alpha, 1 associated alpha, 2 plain alpha
};

/// Whether read_file_header determines the size of images of this format.
bool states_size(FileFormat format);

/// Parses the file's structure. Bytes after the end of the image are allowed. Never throws.
FileHeader read_file_header(ByteView bytes);

/// The EXIF orientation, 1…8. 1 is upright; missing and invalid values are treated as 1.
/// @param exif  a TIFF structure, with or without "Exif\0\0" before it.
int exif_orientation(ByteView exif);

/// The same from a raw profile, which ImageMagick writes into PNG: a line with the profile's name,
/// a line with its length, then hexadecimal digits. 0 if there is none.
int raw_profile_orientation(std::string_view text);

/// The same from an XMP packet: tiff:Orientation as an attribute or an element. 0 if there is none.
int xmp_orientation(std::string_view xmp);

}  // namespace saccade
