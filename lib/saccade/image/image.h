#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saccade {

struct InputConfig;

/// A photograph as a person would see it: orientation applied, colours in sRGB, alpha composited on
/// white.
struct Image {
  /// The photograph of which these pixels are a reduced copy.
  struct Original {
    int width = 0, height = 0;  ///< pixels, upright
    int scale = 1;              ///< n: a pixel of the image is the mean of n×n of the photograph
    double left = 0, top = 0;   ///< where the photograph begins, in pixels of the image, 0 … 1
  };

  int width = 0;                     ///< pixels, > 0
  int height = 0;                    ///< pixels, > 0
  std::vector<std::uint8_t> rgb;     ///< height × width × 3, row-major, 0…255, no padding
  std::optional<Original> original;  ///< nothing when these are the photograph's own pixels
  /// Empty, or what is wrong with the file although it was read; a sentence that names it.
  std::string warning;

  const std::uint8_t* row(int y) const { return rgb.data() + std::size_t(y) * width * 3; }
};

/// A photograph larger than this is refused before its pixels are decoded.
constexpr std::int64_t kMaxPixels = 300'000'000;

/// How a file is read.
struct LoadOptions {
  /// When given, the pixels may come reduced, as far as `prepare` for this input allows
  /// (reduction_for): faster, and in less memory. Must live as long as the call.
  const InputConfig* for_input = nullptr;
  /// A file that is cut off gives the rows that are there, with a warning; the others are grey.
  bool allow_truncated = false;
  int frame = 1;  ///< of an animation or a file of several pages, ≥ 1
};

/// Reads a photograph; its format is told by its content, never by its name.
///   JPEG (grey, RGB, CMYK, YCCK; baseline, progressive), PNG and APNG, WebP still and animated,
///   TIFF and BigTIFF, GIF, HEIC/HEIF, AVIF, JPEG XL, JPEG 2000, BMP of Windows and OS/2, PNM, and
///   what else OpenCV reads.
/// Samples of any width become 8 bits by rounding; floating point is 0…1. Colours are converted to
/// sRGB from an embedded ICC profile. The photograph is turned as EXIF says, in PNG also as XMP or
/// a raw EXIF profile says; HEIC, AVIF and JPEG XL are turned by their own decoders. Of several
/// frames or pages the one of the options is read. Bytes after the image's end are ignored.
///
/// All decoders together stay within the memory that set_decode_memory allows; see decode_memory.h.
/// @throws std::runtime_error naming the file when it is absent, unreadable, no image, of a kind
/// that
///         is not supported, cut off, of zero size or over kMaxPixels.
Image load_image(const std::filesystem::path& path, const LoadOptions& options = {});

/// The same from bytes in memory; `name` stands in the messages.
Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name,
                   const LoadOptions& options = {});

/// Turns off OpenCV's own messages about damaged files, for the whole process: what matters in them
/// is in the exception or the image's warning.
void silence_codecs();

}  // namespace saccade
