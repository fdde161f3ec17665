#pragma once

#include <cstdint>
#include <string>

#include "saccade/image/decode_memory.h"
#include "saccade/image/file_header.h"
#include "saccade/image/image.h"
#include "saccade/io/byte_view.h"

namespace saccade {

/// A file in memory on its way through one of the decoders below.
struct EncodedImage {
  std::string name;  ///< stands in the messages
  ByteView bytes;
  FileHeader header;
  LoadOptions options;
};

/// @throws std::runtime_error always: 'image "NAME" ' and `what`.
[[noreturn]] void refuse(const EncodedImage& encoded, const std::string& what);

/// 'image "NAME" ' and `what`, for a warning.
std::string about(const EncodedImage& encoded, const std::string& what);

/// @throws std::runtime_error for a size of zero or over kMaxPixels.
void check_size(const EncodedImage& encoded, std::int64_t width, std::int64_t height);

/// How many times smaller the image may be decoded, a power of 2; see LoadOptions::for_input.
/// @param width, height  as stored; @param orientation  EXIF's
int reduction_of(const EncodedImage& encoded, int width, int height, int orientation);

/// What a decoder may ask of the memory for all.
/// @return `bytes`
/// @throws std::runtime_error when it is more than there is at all.
std::int64_t checked_share(const EncodedImage& encoded, std::int64_t bytes);

/// libjpeg, for JPEG. @throws std::runtime_error as decode_image does; so do the others.
Image read_jpeg(const EncodedImage& encoded);
/// What read_with_opencv holds in memory at most.
std::int64_t opencv_bytes(const EncodedImage& encoded);
/// OpenCV, for PNG, BMP, still WebP, PNM and the formats of FileFormat::other.
Image read_with_opencv(const EncodedImage& encoded);
/// libvips, for all else, and what of the above it does better: in little memory, cut off,
/// animated.
Image read_with_vips(const EncodedImage& encoded);

}  // namespace saccade
