#include "saccade/image/prepare.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "saccade/image/fitting.h"
#include "saccade/image/resample.h"
#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

/// The minimum resolution of reduced pixels relative to the input, per axis. The triangle filter
/// does the remaining reduction.
constexpr double kKeptOversampling = 1.5;

/// Converts a part of the original to pixels of the possibly reduced image.
Rect pixels_of(const PixelRect& part, const Image& image) {
  const Image::Original original = image.original.value_or(Image::Original{});
  const double scale = original.scale;
  return {original.left + part.x / scale, original.top + part.y / scale, part.width / scale,
          part.height / scale};
}

constexpr EnumName<Fit> kFits[] = {
    {Fit::squash, "squash"}, {Fit::center_crop, "center_crop"}, {Fit::pad, "pad"}};

}  // namespace

const char* to_string(Fit fit) { return name_of(kFits, fit); }

Fit fit_from_string(const std::string& name) { return value_of(kFits, name, "fit"); }

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
