#include "saccade/explain/figure/overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/text.h"

namespace saccade {
namespace {

constexpr int kPoints = 256;   // of a map along each axis, to find a region's threshold
constexpr int kMinSide = 240;  // pixels: on smaller images the scale would hide too much
const cv::Scalar kDark(0, 0, 0), kLight(255, 255, 255);

std::uint8_t mix(double below, double above, double opacity) {
  return std::uint8_t(std::lround(below + (above - below) * opacity));
}

/// Pale grey, which is mistaken neither for attention nor for a dark part of the map.
void pale(const std::uint8_t* from, std::uint8_t* to) {
  const double grey = 0.299 * from[0] + 0.587 * from[1] + 0.114 * from[2];
  std::fill(to, to + 3, mix(grey, 255, 0.6));
}

cv::Mat as_mat(Image& image) {
  return cv::Mat(image.height, image.width, CV_8UC3, image.rgb.data());
}

/// Width of lines on an image of this size, in pixels.
int line_width(const Image& image) {
  return std::max(1, int(std::lround(std::max(image.width, image.height) / 500.0)));
}

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

Image draw_overlay(const Image& photograph, const AttentionMap& map,
                   const OverlayOptions& options) {
  if (!(options.opacity >= 0 && options.opacity <= 1)) {
    throw std::invalid_argument("opacity must be between 0 and 1, not " +
                                std::to_string(options.opacity));
  }
  const MapRows rows(map, photograph.width, photograph.height);
  const std::array<Color, 256>& colors = color_table(options.color_map);
  const float scale = map.maximum() > 0 ? 255.0f / map.maximum() : 0.0f;
  const float opacity = float(options.opacity);
  Image out = photograph;
  std::vector<float> values(std::size_t(photograph.width));
  for (int y = 0; y < photograph.height; ++y) {
    rows.row(y, values.data());
    const std::uint8_t* from = photograph.row(y);
    std::uint8_t* to = out.rgb.data() + (from - photograph.rgb.data());
    for (int x = 0; x < photograph.width; ++x, from += 3, to += 3) {
      if (!rows.saw_row(y) || !rows.saw_column(x)) {
        pale(from, to);
        continue;
      }
      const float level = std::min(values[std::size_t(x)] * scale, 255.0f);
      const Color& color = colors[std::size_t(level + 0.5f)];
      for (std::size_t c = 0; c < 3; ++c) {
        to[c] = std::uint8_t(float(from[c]) + (float(color[c]) - float(from[c])) * opacity + 0.5f);
      }
    }
  }
  if (options.contour) draw_region(out, map, 0.5);
  return out;
}

float region_threshold(const AttentionMap& map, double share) {
  if (!(share >= 0 && share <= 1)) {
    throw std::invalid_argument(
        "the share of the attention in a region must be between 0 and 1, not " +
        std::to_string(share));
  }
  std::vector<float> values = map.sample(kPoints, kPoints);
  std::sort(values.begin(), values.end(), std::greater<>());
  double total = 0;
  for (const float value : values) total += value;
  double sum = 0;
  for (const float value : values) {
    sum += value;
    if (sum >= share * total) return value;
  }
  return values.back();
}

void draw_region(Image& photograph, const AttentionMap& map, double share) {
  const float threshold = region_threshold(map, share);
  if (!(threshold > 0)) return;
  const MapRows rows(map, photograph.width, photograph.height);
  cv::Mat mask(photograph.height, photograph.width, CV_8UC1);
  std::vector<float> values(std::size_t(photograph.width));
  for (int y = 0; y < photograph.height; ++y) {
    rows.row(y, values.data());
    std::transform(values.begin(), values.end(), mask.ptr<std::uint8_t>(y),
                   [&](float value) { return std::uint8_t(value >= threshold ? 255 : 0); });
  }
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(mask, contours, cv::RETR_LIST, cv::CHAIN_APPROX_NONE);
  cv::Mat picture = as_mat(photograph);
  const int width = line_width(photograph);
  cv::drawContours(picture, contours, -1, kDark, 3 * width, cv::LINE_AA);
  cv::drawContours(picture, contours, -1, kLight, width, cv::LINE_AA);
}

void draw_cell(Image& photograph, const Grid& grid, const Placement& placement, std::int64_t cell) {
  if (cell < 0 || cell >= grid.cells()) {
    throw std::invalid_argument("cell " + std::to_string(cell) + " is outside the grid of " +
                                std::to_string(grid.rows) + "x" + std::to_string(grid.cols) +
                                " cells");
  }
  const Rect rect = placement.cell_rect(grid, cell / grid.cols, cell % grid.cols);
  const double scale_x = double(photograph.width) / placement.original_width;
  const double scale_y = double(photograph.height) / placement.original_height;
  const int width = line_width(photograph);
  const cv::Rect box(int(std::lround(rect.x * scale_x)), int(std::lround(rect.y * scale_y)),
                     std::max(1, int(std::lround(rect.width * scale_x))),
                     std::max(1, int(std::lround(rect.height * scale_y))));
  cv::Mat picture = as_mat(photograph);
  cv::rectangle(picture, box, kDark, 3 * width);
  // Light dashes on the dark line.
  const int dash = std::max(2, 4 * width);
  const cv::Point corners[] = {box.tl(),
                               {box.x + box.width - 1, box.y},
                               {box.x + box.width - 1, box.y + box.height - 1},
                               {box.x, box.y + box.height - 1},
                               box.tl()};
  for (int side = 0; side < 4; ++side) {
    const cv::Point from = corners[side], way = corners[side + 1] - from;
    const int length = std::max(std::abs(way.x), std::abs(way.y));
    for (int at = 0; at < length; at += 2 * dash) {
      const int end = std::min(at + dash, length);
      cv::line(picture, from + way * at / length, from + way * end / length, kLight, width);
    }
  }
}

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

Image resize_to(const Image& photograph, int width, int height) {
  if (photograph.width < 1 || photograph.height < 1 || width < 1 || height < 1) {
    throw std::invalid_argument("cannot resize an image of " + std::to_string(photograph.width) +
                                "x" + std::to_string(photograph.height) + " to " +
                                std::to_string(width) + "x" + std::to_string(height));
  }
  Image out;
  out.width = width;
  out.height = height;
  out.rgb.resize(std::size_t(width) * std::size_t(height) * 3);
  const cv::Mat from(photograph.height, photograph.width, CV_8UC3,
                     const_cast<std::uint8_t*>(photograph.rgb.data()));
  cv::Mat to(height, width, CV_8UC3, out.rgb.data());
  const bool shrinks = width <= photograph.width && height <= photograph.height;
  cv::resize(from, to, to.size(), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
  return out;
}

Image shrink_to(const Image& photograph, int side) {
  const int longer = std::max(photograph.width, photograph.height);
  if (longer <= side) return photograph;
  const double scale = double(side) / longer;
  return resize_to(photograph, std::max(1, int(std::lround(photograph.width * scale))),
                   std::max(1, int(std::lround(photograph.height * scale))));
}

}  // namespace saccade
