#include "saccade/explain/figure/scale_bar.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>

#include "saccade/image/text.h"

namespace saccade {
namespace {

constexpr int kMinSide = 240;  // pixels: on smaller images the scale would hide too much

std::string in_percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 0.1 ? "%.1f %%" : "%.0f %%", 100 * value);
  return text;
}

void darken(Image& image, const PixelRect& box) {
  for (int y = box.y; y < box.y + box.height; ++y) {
    std::uint8_t* row =
        image.rgb.data() + (std::size_t(y) * std::size_t(image.width) + std::size_t(box.x)) * 3;
    std::transform(row, row + box.width * 3, row,
                   [](int value) { return std::uint8_t((value * 3 + 16 * 7) / 10); });
  }
}

void paste(const Image& bar, int x, int y, Image& image) {
  for (int row = 0; row < bar.height; ++row) {
    std::copy(
        bar.row(row), bar.row(row) + bar.width * 3,
        image.rgb.data() + (std::size_t(y + row) * std::size_t(image.width) + std::size_t(x)) * 3);
  }
}

}  // namespace

Image color_bar(int width, int height, const OverlayOptions& options) {
  Image bar;
  bar.width = width;
  bar.height = height;
  bar.rgb.resize(std::size_t(width) * std::size_t(height) * 3);
  for (int x = 0; x < width; ++x) {
    const Color color = color_of(options.color_map, double(x) / std::max(1, width - 1));
    for (int y = 0; y < height; ++y) {
      const std::size_t at = (std::size_t(y) * std::size_t(width) + std::size_t(x)) * 3;
      for (std::size_t c = 0; c < 3; ++c) {
        bar.rgb[at + c] = std::uint8_t(std::lround(128 + (color[c] - 128) * options.opacity));
      }
    }
  }
  return bar;
}

void draw_scale_bar(Image& picture, double maximum, const OverlayOptions& options) {
  if (std::min(picture.width, picture.height) < kMinSide) return;
  TextStyle style;
  style.size = std::max(11.0, 0.024 * std::min(picture.width, picture.height));
  style.color = {255, 255, 255};
  const int gap = int(std::lround(style.size * 0.6));
  const int wide = picture.width / 2;
  const std::string low = "0", high = in_percent(maximum) + " per cell";
  const TextSize left = measure_text(low, style, wide), right = measure_text(high, style, wide);
  const int bar_width = std::min(picture.width / 5, int(style.size * 9));
  const int bar_height = std::max(4, int(style.size * 0.6));

  const int height = std::max(left.height, right.height) + gap;
  const int width = left.width + right.width + bar_width + 4 * gap;
  const PixelRect box{gap, picture.height - gap - height, width, height};
  if (box.x + box.width > picture.width || box.y < 0) return;
  darken(picture, box);
  const int text_y = box.y + gap / 2;
  draw_text(picture, low, style, {box.x + gap, text_y, left.width, left.height});
  const int bar_x = box.x + 2 * gap + left.width;
  paste(color_bar(bar_width, bar_height, options), bar_x, box.y + (height - bar_height) / 2,
        picture);
  draw_text(picture, high, style, {bar_x + bar_width + gap, text_y, right.width, right.height});
}

}  // namespace saccade
