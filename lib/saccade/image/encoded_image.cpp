#include "saccade/image/encoded_image.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "saccade/image/image_builder.h"
#include "saccade/image/prepare.h"

namespace saccade {

std::string about(const EncodedImage& encoded, const std::string& what) {
  return image_name(encoded.name) + what;
}

void refuse(const EncodedImage& encoded, const std::string& what) {
  throw std::runtime_error(about(encoded, what));
}

void refuse_truncated(const EncodedImage& encoded) {
  refuse(encoded, "is truncated: its " + std::string(to_string(encoded.header.format)) +
                      " data end early (" + std::to_string(encoded.bytes.size()) +
                      " bytes); use --allow-truncated to read the available part");
}

void check_size(const EncodedImage& encoded, std::int64_t width, std::int64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width < 1 || height < 1) refuse(encoded, "has a size of zero (" + size + ")");
  const std::int64_t limit = decode_pixels();
  if (width > limit / height) {
    refuse(encoded, "is too large: " + size + " pixels, but the limit is " +
                        std::to_string(limit / 1'000'000) + " megapixels; scale it down first");
  }
}

int reduction_of(const EncodedImage& encoded, int width, int height, int orientation) {
  if (!encoded.options.for_input) return 1;
  if (orientation >= 5) std::swap(width, height);
  return reduction_for(width, height, *encoded.options.for_input);
}

std::int64_t checked_share(const EncodedImage& encoded, std::int64_t bytes) {
  const std::int64_t limit = decode_memory();
  if (bytes > limit) {
    const auto megabytes = [](std::int64_t count) {
      return std::to_string((count + 999'999) / 1'000'000) + " MB";
    };
    refuse(encoded, "needs " + megabytes(bytes) + " to decode, but the limit is " +
                        megabytes(limit) + "; scale it down first, or raise --decode-memory");
  }
  return bytes;
}

Image image_of_rows(const EncodedImage& encoded, int width, int height, int reduction,
                    const PixelFormat& format, const std::function<const void*(int y)>& row) {
  ImageBuilder builder(width, height, encoded.header.orientation, 1, reduction);
  RowConverter converter(format, encoded.header.icc_profile);
  std::vector<std::uint8_t> rgb(std::size_t(width) * 3);
  for (int y = 0; y < height; ++y) {
    if (const void* samples = row(y)) {
      converter.convert(samples, width, rgb.data());
    } else {
      std::fill(rgb.begin(), rgb.end(), std::uint8_t(0));
    }
    builder.add_row(rgb.data());
  }
  Image image = builder.finish();
  if (!encoded.header.complete) {
    image.warning = about(encoded, "is truncated; missing pixels are black");
  }
  return image;
}

}  // namespace saccade
