#pragma once

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/maps/attention_map.h"
#include "saccade/image/image.h"

namespace saccade {

/// How attention is laid over a photograph.
struct OverlayOptions {
  Upsampling upsampling = Upsampling::gaussian;
  ColorMap color_map = ColorMap::inferno;
  double opacity = 0.6;  ///< 0 the photograph alone … 1 the map alone
  bool contour = false;  ///< around the smallest region that holds half of the attention
};

/// The photograph with the map over it: (1 − opacity) · photograph + opacity · colour of value /
/// maximum. So each map is shown from 0 to its own maximum, and an even map looks even. What the
/// encoder did not see is paled to grey. The contour is drawn over it when it is asked for.
/// @param photograph  the original, or it scaled: the map is scaled along.
/// @throws std::invalid_argument for an opacity outside 0…1 or an empty photograph.
Image draw_overlay(const Image& photograph, const AttentionMap& map, const OverlayOptions& options);

/// The photograph scaled to width × height: means of areas when it shrinks, cubic when it grows.
/// @throws std::invalid_argument for an empty photograph or a size below 1.
Image resize_to(const Image& photograph, int width, int height);

/// The photograph scaled so that its longer side is at most `side` pixels; never enlarged.
Image shrink_to(const Image& photograph, int side);

}  // namespace saccade
