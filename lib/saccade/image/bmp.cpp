// BMP whose pixels are 16 or 32 bits with a mask per color. OpenCV supports only some masks and
// scales 5 bits to 8 by a shift.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "saccade/image/decode_memory.h"
#include "saccade/image/encoded_image.h"
#include "saccade/image/image_builder.h"
#include "saccade/image/row_converter.h"

namespace saccade {
namespace {

constexpr std::uint64_t kUncompressed = 0, kMasks = 3, kMasksWithAlpha = 6;
constexpr std::size_t kMaskPlace = 54;

std::uint64_t header_length(const EncodedImage& encoded) { return encoded.bytes.little(14, 4); }
std::uint64_t bits_per_pixel(const EncodedImage& encoded) { return encoded.bytes.little(28, 2); }
std::uint64_t compression(const EncodedImage& encoded) { return encoded.bytes.little(30, 4); }

/// The bits of a color in a pixel, as an 8-bit sample.
class Field {
 public:
  explicit Field(std::uint64_t mask) : mask_(mask) {
    while (mask != 0 && (mask_ >> shift_ & 1) == 0) ++shift_;
    largest_ = mask_ >> shift_;
  }
  bool empty() const { return mask_ == 0; }
  std::uint8_t of(std::uint64_t pixel) const {
    return empty() ? 0
                   : std::uint8_t((((pixel & mask_) >> shift_) * 255 + largest_ / 2) / largest_);
  }

 private:
  std::uint64_t mask_, largest_ = 0;
  int shift_ = 0;
};

/// Red, green, blue and alpha.
std::array<Field, 4> fields_of(const EncodedImage& encoded) {
  const auto mask = [&](std::size_t index) {
    return Field(encoded.bytes.little(kMaskPlace + 4 * index, 4));
  };
  if (compression(encoded) == kUncompressed) {
    return {Field(0x7C00), Field(0x03E0), Field(0x001F), Field(0)};
  }
  const bool alpha = compression(encoded) == kMasksWithAlpha || header_length(encoded) >= 56;
  return {mask(0), mask(1), mask(2), alpha ? mask(3) : Field(0)};
}

}  // namespace

bool has_masks(const EncodedImage& encoded) {
  const std::uint64_t length = header_length(encoded), bits = bits_per_pixel(encoded);
  constexpr std::uint64_t kWindows = 40, kOs2 = 64;
  if (length < kWindows || length == kOs2) return false;
  const std::uint64_t kind = compression(encoded);
  return (bits == 16 && kind == kUncompressed) ||
         ((bits == 16 || bits == 32) && (kind == kMasks || kind == kMasksWithAlpha));
}

Image read_masked_bmp(const EncodedImage& encoded) {
  const auto width = std::size_t(encoded.header.width), height = std::size_t(encoded.header.height);
  const DecodeShare share(checked_share(encoded, encoded.header.width * encoded.header.height * 3));
  const auto pixel_bytes = std::size_t(bits_per_pixel(encoded) / 8);
  const std::size_t row_bytes = (width * pixel_bytes + 3) / 4 * 4;
  const auto start = std::size_t(encoded.bytes.little(10, 4));
  const bool top_down = (encoded.bytes.little(22, 4) & 0x80000000u) != 0;
  const std::array<Field, 4> fields = fields_of(encoded);
  PixelFormat format;
  format.channels = 4;
  if (!fields[3].empty()) format.alpha = PixelFormat::Alpha::straight;

  ImageBuilder builder(int(width), int(height), 1, 1,
                       reduction_of(encoded, int(width), int(height), 1));
  RowConverter converter(format, encoded.header.icc_profile);
  std::vector<std::uint8_t> samples(width * 4), rgb(width * 3);
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t row = start + (top_down ? y : height - 1 - y) * row_bytes;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint64_t pixel = encoded.bytes.little(row + x * pixel_bytes, int(pixel_bytes));
      for (std::size_t c = 0; c < fields.size(); ++c) samples[4 * x + c] = fields[c].of(pixel);
    }
    converter.convert(samples.data(), int(width), rgb.data());
    builder.add_row(rgb.data());
  }
  Image image = builder.finish();
  if (!encoded.header.complete) {
    image.warning = about(encoded, "is truncated; missing pixels are black");
  }
  return image;
}

}  // namespace saccade
