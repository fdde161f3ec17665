#include "saccade/explain/figure/overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/explain/maps/attention_region.h"

namespace saccade {
namespace {

std::uint8_t mix(double below, double above, double opacity) {
  return std::uint8_t(std::lround(below + (above - below) * opacity));
}

/// Pale grey, which is mistaken neither for attention nor for a dark part of the map.
void pale(const std::uint8_t* from, std::uint8_t* to) {
  const double grey = 0.299 * from[0] + 0.587 * from[1] + 0.114 * from[2];
  std::fill(to, to + 3, mix(grey, 255, 0.6));
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
