#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// A photograph as a person would see it: EXIF orientation applied, alpha composited on white, RGB.
struct Image {
  int width = 0;                  ///< pixels, > 0
  int height = 0;                 ///< pixels, > 0
  std::vector<std::uint8_t> rgb;  ///< height × width × 3, row-major, 0…255, no padding

  const std::uint8_t* row(int y) const { return rgb.data() + std::size_t(y) * width * 3; }
};

/// A photograph larger than this is refused before its pixels are decoded.
constexpr std::int64_t kMaxPixels = 300'000'000;

/// Reads any file that OpenCV reads: JPEG (grey, RGB, CMYK), PNG, WebP, TIFF, BMP, PNM, JPEG 2000;
/// 8 bits, 16 bits (divided by 257 and rounded) or floating point (0…1); with or without alpha.
/// EXIF orientation is applied to JPEG, PNG, WebP and TIFF. Bytes after the image's end are
/// ignored.
/// @throws std::runtime_error naming the file when it is absent, unreadable, no image, truncated,
///         of zero size or over kMaxPixels.
Image load_image(const std::filesystem::path& path);

/// The same from bytes in memory; `name` stands in the messages.
Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name);

/// Turns off OpenCV's own messages about damaged files, for the whole process: what matters in them
/// is in the exception. (libjpeg and libpng may still write a line to stderr about data that are
/// damaged inside; they offer no switch.)
void silence_codecs();

}  // namespace saccade
