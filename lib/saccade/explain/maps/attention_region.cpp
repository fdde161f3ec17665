#include "saccade/explain/maps/attention_region.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

constexpr int kPoints = 256;  // along each axis

cv::Mat as_mat(Image& image) {
  return cv::Mat(image.height, image.width, CV_8UC3, image.rgb.data());
}

/// Width of lines on an image of this size, in pixels.
int line_width(const Image& image) {
  return std::max(1, int(std::lround(std::max(image.width, image.height) / 500.0)));
}

const cv::Scalar kDark(0, 0, 0), kLight(255, 255, 255);

}  // namespace

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

}  // namespace saccade
