#include "saccade/explain/maps/attention_map.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

constexpr double kSigma = 20.0 / 224.0;  // as in the paper's code: 20 pixels for an input of 224

void check(const std::vector<float>& attention, const Grid& grid, const Placement& placement) {
  if (grid.rows < 1 || grid.cols < 1 || std::int64_t(attention.size()) != grid.cells()) {
    throw std::invalid_argument("an attention map of " + std::to_string(attention.size()) +
                                " values does not match a grid of " + std::to_string(grid.rows) +
                                "x" + std::to_string(grid.cols));
  }
  if (placement.input_size < 1 || placement.original_width < 1 || placement.original_height < 1 ||
      !(placement.scale_x > 0) || !(placement.scale_y > 0)) {
    throw std::invalid_argument(
        "an attention map needs a placement with positive sizes and scales");
  }
  const auto valid = [](float value) { return std::isfinite(value) && value >= 0; };
  if (!std::all_of(attention.begin(), attention.end(), valid)) {
    throw std::invalid_argument("an attention map holds a value that is negative or not finite");
  }
}

/// The map over the encoder's input, size × size pixels.
cv::Mat smoothed(const cv::Mat& cells, int size) {
  cv::Mat upsampled, out;
  cv::resize(cells, upsampled, cv::Size(size, size), 0, 0, cv::INTER_LINEAR);
  const double stride = double(size) / std::min(cells.rows, cells.cols);
  const double sigma = std::max(kSigma * size, stride / 2);
  cv::GaussianBlur(upsampled, out, cv::Size(), sigma, sigma, cv::BORDER_REFLECT);
  return out;
}

}  // namespace

AttentionMap::AttentionMap(const std::vector<float>& attention, const Grid& grid,
                           const Placement& placement, Upsampling upsampling)
    : placement_(placement), smooth_(upsampling != Upsampling::nearest) {
  check(attention, grid, placement);
  cv::Mat cells(int(grid.rows), int(grid.cols), CV_32FC1);
  std::copy(attention.begin(), attention.end(), cells.ptr<float>());
  const cv::Mat values =
      upsampling == Upsampling::gaussian ? smoothed(cells, placement.input_size) : cells;
  rows_ = values.rows;
  cols_ = values.cols;
  values_.assign(values.ptr<float>(), values.ptr<float>() + values.total());
  maximum_ = *std::max_element(values_.begin(), values_.end());
}

std::vector<float> AttentionMap::sample(int width, int height) const {
  const MapRows rows(*this, width, height);
  std::vector<float> out(std::size_t(width) * std::size_t(height));
  for (int y = 0; y < height; ++y) rows.row(y, out.data() + std::size_t(y) * std::size_t(width));
  return out;
}

MapRows::MapRows(const AttentionMap& map, int width, int height) : map_(map) {
  if (width < 1 || height < 1) {
    throw std::invalid_argument("cannot sample an attention map at " + std::to_string(width) + "x" +
                                std::to_string(height) +
                                " pixels; width and height must be at least 1");
  }
  const Placement& place = map.placement_;
  columns_ = taps(width, place.original_width, place.offset_x, place.scale_x, place.input_size,
                  map.cols_, map.smooth_);
  rows_ = taps(height, place.original_height, place.offset_y, place.scale_y, place.input_size,
               map.rows_, map.smooth_);
}

std::vector<MapRows::Tap> MapRows::taps(int out, int original, double offset, double scale,
                                        int input, int cells, bool smooth) {
  std::vector<Tap> taps(static_cast<std::size_t>(out));
  for (int i = 0; i < out; ++i) {
    const double in_original = (i + 0.5) * original / out;
    const double in_input = (in_original - offset) / scale;
    Tap& tap = taps[std::size_t(i)];
    tap.seen = in_input >= 0 && in_input < input;
    const double at = in_input * cells / input - (smooth ? 0.5 : 0.0);
    const double clamped = std::clamp(at, 0.0, cells - 1.0 + (smooth ? 0.0 : 0.5));
    tap.low = std::min(int(clamped), cells - 1);
    tap.high = std::min(tap.low + 1, cells - 1);
    tap.share = smooth ? float(clamped - tap.low) : 0.0f;
  }
  return taps;
}

void MapRows::row(int y, float* out) const {
  const Tap& down = rows_[std::size_t(y)];
  if (!down.seen) {
    std::fill(out, out + columns_.size(), 0.0f);
    return;
  }
  const std::size_t cols = std::size_t(map_.cols_);
  const float* above = map_.values_.data() + std::size_t(down.low) * cols;
  const float* below = map_.values_.data() + std::size_t(down.high) * cols;
  std::vector<float> line(cols);
  for (std::size_t i = 0; i < cols; ++i) line[i] = above[i] + down.share * (below[i] - above[i]);
  for (std::size_t x = 0; x < columns_.size(); ++x) {
    const Tap& across = columns_[x];
    const float left = line[std::size_t(across.low)], right = line[std::size_t(across.high)];
    out[x] = across.seen ? left + across.share * (right - left) : 0.0f;
  }
}

}  // namespace saccade
