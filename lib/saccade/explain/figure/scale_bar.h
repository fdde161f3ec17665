#pragma once

#include "saccade/explain/figure/overlay.h"

namespace saccade {

/// The colors from 0 to the maximum, left to right, blended with a middle grey at the overlay's
/// opacity.
/// @param width, height  in pixels, > 0.
Image color_bar(int width, int height, const OverlayOptions& options);

/// Draws the color scale into the lower left corner of a word's overlay, from 0 to the maximum. The
/// maximum is shown as a percentage of the word's attention per cell of the grid. Images with a
/// side below 240 pixels have no room for the scale and stay unchanged.
/// @param maximum  of the map, see AttentionMap::maximum.
void draw_scale_bar(Image& picture, double maximum, const OverlayOptions& options);

}  // namespace saccade
