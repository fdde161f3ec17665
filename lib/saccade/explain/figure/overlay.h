#pragma once

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/maps/attention_map.h"
#include "saccade/image/image.h"

namespace saccade {

/// How attention is drawn over an image.
struct OverlayOptions {
  Upsampling upsampling = Upsampling::gaussian;
  ColorMap color_map = ColorMap::inferno;
  double opacity = 0.6;  ///< 0: only the image … 1: only the map
  bool contour = false;  ///< around the smallest region that holds half of the attention
};

/// Draws the map over the image: (1 − opacity) · image + opacity · color(value / maximum). Each map
/// is thus shown from 0 to its own maximum, and a uniform map looks uniform. Parts outside the
/// encoder's input become pale grey. The contour is drawn last, if requested.
/// @param photograph  the original image or a scaled copy; the map is scaled to its size.
/// @throws std::invalid_argument for an opacity outside 0…1 or an empty image.
Image draw_overlay(const Image& photograph, const AttentionMap& map, const OverlayOptions& options);

/// The image scaled to width × height: area averaging when it shrinks, cubic interpolation when it
/// grows.
/// @throws std::invalid_argument for an empty image or a size below 1.
Image resize_to(const Image& photograph, int width, int height);

/// The image scaled down so that its longer side is at most `side` pixels. It is never enlarged.
Image shrink_to(const Image& photograph, int side);

}  // namespace saccade
