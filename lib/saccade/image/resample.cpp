#include "saccade/image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace saccade {
namespace {

/// The input pixels of one output, from `first` on, and their weights, which sum to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

/// @param begin, length  the part of an axis of `size` pixels
std::vector<Taps> triangle_taps(double begin, double length, int size, int out) {
  const double scale = length / out;
  const double support = std::max(scale, 1.0);
  const int lowest = std::max(0, int(std::floor(begin)));
  const int highest = std::min(size, int(std::ceil(begin + length))) - 1;
  std::vector<Taps> taps(static_cast<std::size_t>(out));
  for (int i = 0; i < out; ++i) {
    const double centre = begin + (i + 0.5) * scale;
    const int first = std::max(lowest, int(std::floor(centre - support + 0.5)));
    const int last = std::min(highest, int(std::ceil(centre + support - 0.5)));
    std::vector<double> weights;
    double sum = 0;
    for (int j = first; j <= last; ++j) {
      weights.push_back(std::max(0.0, 1.0 - std::abs(j + 0.5 - centre) / support));
      sum += weights.back();
    }
    Taps& tap = taps[std::size_t(i)];
    tap.first = first;
    for (const double weight : weights) tap.weights.push_back(float(weight / sum));
  }
  return taps;
}

void add_row(const std::uint8_t* from, float weight, std::size_t count, float* sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += weight * float(from[i]);
}

}  // namespace

void resample(const Image& image, const Rect& from, int width, int height, float* out,
              std::size_t stride, std::size_t plane) {
  const std::vector<Taps> columns = triangle_taps(from.x, from.width, image.width, width);
  const std::vector<Taps> rows = triangle_taps(from.y, from.height, image.height, height);
  // Vertical first, because whole rows of bytes are summed fast and only one row of sums is needed.
  const std::size_t left = std::size_t(columns.front().first);
  const std::size_t right = std::size_t(columns.back().first) + columns.back().weights.size();
  std::vector<float> sums((right - left) * 3);
  for (int y = 0; y < height; ++y) {
    const Taps& down = rows[std::size_t(y)];
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (std::size_t j = 0; j < down.weights.size(); ++j) {
      add_row(image.row(down.first + int(j)) + left * 3, down.weights[j], sums.size(), sums.data());
    }
    for (int x = 0; x < width; ++x) {
      const Taps& across = columns[std::size_t(x)];
      const float* pixel = sums.data() + (std::size_t(across.first) - left) * 3;
      float red = 0, green = 0, blue = 0;
      for (const float weight : across.weights) {
        red += weight * pixel[0];
        green += weight * pixel[1];
        blue += weight * pixel[2];
        pixel += 3;
      }
      float* to = out + std::size_t(y) * stride + std::size_t(x);
      to[0] = red;
      to[plane] = green;
      to[2 * plane] = blue;
    }
  }
}

}  // namespace saccade
