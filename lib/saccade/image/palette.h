#pragma once

#include <cstdint>
#include <vector>

#include "saccade/image/color.h"
#include "saccade/image/image.h"

namespace saccade {

/// A picture whose pixels are indices into a table of at most 256 colors.
struct IndexedImage {
  std::vector<std::uint8_t> pixels;  ///< height × width, row-major; each < colors.size()
  std::vector<Color> colors;
};

/// The picture in up to 256 colors: its own where it has no more. Otherwise the colors are the
/// means of boxes of RGB space, cut so that each cut takes away as much of the squared error as
/// possible (median cut, split at the mean); what rounding to them leaves over is passed on to the
/// neighbors (Floyd–Steinberg).
/// @throws std::invalid_argument for an empty picture.
IndexedImage reduce_colors(const Image& image);

}  // namespace saccade
