#include "saccade/image/fitting.h"

#include <algorithm>
#include <cmath>

namespace saccade {

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

}  // namespace saccade
