#pragma once

#include <cstdint>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// An image whose pixels are indices into a table of at most 256 colors.
struct IndexedImage {
  std::vector<std::uint8_t> pixels;  ///< height × width, row-major; each < colors.size()
  std::vector<Color> colors;
};

/// Reduces an image to at most 256 colors. An image with no more colors keeps them. Otherwise the
/// colors are the means of boxes of RGB space: the box with the largest squared error is repeatedly
/// split at its mean (a variant of median cut), and the image is dithered (Floyd–Steinberg).
/// @throws std::invalid_argument for an empty image.
IndexedImage reduce_colors(const Image& image);

}  // namespace saccade
