#include "saccade/image/prepare.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

constexpr EnumName<Fit> kFits[] = {
    {Fit::squash, "squash"}, {Fit::center_crop, "center_crop"}, {Fit::pad, "pad"}};

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

/// Resamples the part `from` of `image` to width × height. The part may start and end within
/// pixels. The result is three planes of values in 0…255, not rounded: out[c * plane + y * stride +
/// x].
///
/// The filter is a separable triangle filter, antialiased when it shrinks. For each axis, let n be
/// the length of the part, m the length of the result, x the start of the part and
/// s = max(n / m, 1). Output i is the weighted mean of the pixels j in the part, with weights
/// proportional to max(0, 1 − |j + ½ − (x + (i + ½)·n/m)| / s). Pixels outside the part are not
/// used. For enlarging, this is bilinear interpolation. It matches PyTorch's
/// interpolate(mode="bilinear", antialias=True, align_corners=False) and Pillow's BILINEAR.
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

/// The minimum resolution of reduced pixels relative to the input, per axis. The triangle filter
/// does the remaining reduction.
constexpr double kKeptOversampling = 2.5;

/// Converts a part of the original to pixels of the possibly reduced image.
Rect pixels_of(const PixelRect& part, const Image& image) {
  const Image::Original original = image.original.value_or(Image::Original{});
  const double scale = original.scale;
  return {original.left + part.x / scale, original.top + part.y / scale, part.width / scale,
          part.height / scale};
}

}  // namespace

const char* to_string(Fit fit) { return name_of(kFits, fit); }

Fit fit_from_string(const std::string& name) { return value_of(kFits, name, "fit"); }

Fitting fit_image(int width, int height, const InputConfig& config) {
  const int size = config.size;
  const PixelRect whole{0, 0, width, height};
  const PixelRect input{0, 0, size, size};
  if (config.fit == Fit::center_crop) {
    const int side = std::min(width, height);
    return {{(width - side) / 2, (height - side) / 2, side, side}, input};
  }
  if (config.fit == Fit::pad) {
    const double scale = double(size) / std::max(width, height);
    const int across = std::max(1, int(std::lround(width * scale)));
    const int down = std::max(1, int(std::lround(height * scale)));
    return {whole, {(size - across) / 2, (size - down) / 2, across, down}};
  }
  return {whole, input};
}

Placement placement_of(int width, int height, const InputConfig& config) {
  const Fitting fitting = fit_image(width, height, config);
  Placement placement;
  placement.original_width = width;
  placement.original_height = height;
  placement.input_size = config.size;
  placement.scale_x = double(fitting.from.width) / fitting.to.width;
  placement.scale_y = double(fitting.from.height) / fitting.to.height;
  placement.offset_x = fitting.from.x - fitting.to.x * placement.scale_x;
  placement.offset_y = fitting.from.y - fitting.to.y * placement.scale_y;
  return placement;
}

Placement prepare_into(const Image& image, const InputConfig& config, float* out) {
  if (image.width < 1 || image.height < 1 ||
      image.rgb.size() != std::size_t(image.width) * std::size_t(image.height) * 3) {
    throw std::invalid_argument(
        "prepare: the image is empty or its pixels do not match its size of " +
        std::to_string(image.width) + "x" + std::to_string(image.height));
  }
  if (config.size < 1) {
    throw std::invalid_argument("prepare: the input size must be at least 1, not " +
                                std::to_string(config.size));
  }
  const std::size_t size = std::size_t(config.size);
  const std::size_t plane = size * size;
  // The size of the original.
  const int width = image.original ? image.original->width : image.width;
  const int height = image.original ? image.original->height : image.height;
  const Fitting fitting = fit_image(width, height, config);
  const PixelRect& to = fitting.to;
  std::fill(out, out + 3 * plane, 0.0f);
  resample(image, pixels_of(fitting.from, image), to.width, to.height,
           out + std::size_t(to.y) * size + std::size_t(to.x), size, plane);
  for (std::size_t c = 0; c < 3; ++c) {
    const float scale = 1.0f / (255.0f * config.std[c]);
    const float shift = config.mean[c] / config.std[c];
    for (int y = to.y; y < to.y + to.height; ++y) {
      float* row = out + c * plane + std::size_t(y) * size + std::size_t(to.x);
      for (int x = 0; x < to.width; ++x) row[x] = row[x] * scale - shift;
    }
  }
  return placement_of(width, height, config);
}

int reduction_for(int width, int height, const InputConfig& config) {
  const Fitting fitting = fit_image(width, height, config);
  const double shrinks = std::min(double(fitting.from.width) / fitting.to.width,
                                  double(fitting.from.height) / fitting.to.height);
  int reduction = 1;
  while (reduction * 2 * kKeptOversampling <= shrinks) reduction *= 2;
  return reduction;
}

PreparedImage prepare(const Image& image, const InputConfig& config) {
  PreparedImage prepared;
  const std::size_t size = std::size_t(std::max(config.size, 0));
  prepared.pixels.resize(3 * size * size);
  prepared.placement = prepare_into(image, config, prepared.pixels.data());
  return prepared;
}

}  // namespace saccade
