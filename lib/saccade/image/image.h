#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/io/image_file.h"

namespace saccade {

struct InputConfig;

/// Red, green, blue, 0…255.
using Color = std::array<std::uint8_t, 3>;

/// An image as displayed: orientation applied, colors in sRGB, alpha composited on white.
struct Image {
  /// The full-size image of which the pixels are a reduced copy.
  struct Original {
    int width = 0, height = 0;  ///< pixels, upright
    int scale = 1;              ///< n: a pixel is the mean of n×n pixels of the original
    double left = 0, top = 0;   ///< start of the original, in pixels of this image, 0…1
  };

  int width = 0;                     ///< pixels, > 0
  int height = 0;                    ///< pixels, > 0
  std::vector<std::uint8_t> rgb;     ///< height × width × 3, row-major, 0…255, no padding
  std::optional<Original> original;  ///< std::nullopt if the image is not reduced
  /// A sentence about a problem with the file that did not prevent reading it, or empty.
  std::string warning;

  const std::uint8_t* row(int y) const { return rgb.data() + std::size_t(y) * width * 3; }
};

/// Larger images are rejected before their pixels are decoded.
constexpr std::int64_t kMaxPixels = 300'000'000;

/// Options for reading an image.
struct LoadOptions {
  /// If given, the image may be reduced as far as `prepare` for this input allows (reduction_for),
  /// which saves time and memory. Must outlive the call.
  const InputConfig* for_input = nullptr;
  /// Whether to read the available rows of a truncated file, with a warning; missing ones are gray.
  bool allow_truncated = false;
  int frame = 1;          ///< frame or page to read, ≥ 1
  ImageFileOptions file;  ///< limits for reading the file, and the archives that it may be in
};

/// Reads an image. The format is detected from the content, never from the name:
///   JPEG (grayscale, RGB, CMYK, YCCK; baseline, progressive), PNG and APNG, still and animated
///   WebP, TIFF and BigTIFF, GIF, HEIC/HEIF, AVIF, JPEG XL, JPEG 2000, BMP of Windows and OS/2,
///   PNM (P1 to P7), PFM, Sun raster and Radiance HDR.
/// Samples are rounded to 8 bits; floating-point samples have the range 0…1. Colors are converted
/// from an embedded ICC profile to sRGB. The EXIF orientation is applied, in PNG also that of XMP
/// or of a raw EXIF profile; HEIC, AVIF and JPEG XL are rotated by their decoders. Bytes after the
/// end of the image are ignored. The file may be a member of a tar archive, ARCHIVE/NAME.
///
/// All decoders together stay within the limit of decode_memory.h.
/// @throws std::runtime_error naming the file if it is missing, unreadable, not an image,
///         unsupported, truncated, of size zero or larger than kMaxPixels.
Image load_image(const std::filesystem::path& path, const LoadOptions& options = {});

/// The same for bytes in memory; `name` is used in messages.
Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name,
                   const LoadOptions& options = {});

/// Turns off OpenCV's own messages about damaged files for the whole process. The exceptions and
/// warnings of load_image contain the relevant information.
void silence_codecs();

}  // namespace saccade
