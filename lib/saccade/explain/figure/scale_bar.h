#pragma once

#include "saccade/explain/figure/overlay.h"

namespace saccade {

/// The colours from 0 to the maximum, left to right, as they look over a middle grey at the
/// overlay's opacity. @param width, height  > 0.
Image color_bar(int width, int height, const OverlayOptions& options);

/// Draws the scale of the colours into the lower left corner of a word's picture: what 0 and the
/// highest value look like, the latter in per cent of the word's attention per cell of the grid.
/// A picture with a side below 240 pixels has no room for it and stays as it is.
void draw_scale_bar(Image& picture, double maximum, const OverlayOptions& options);

}  // namespace saccade
