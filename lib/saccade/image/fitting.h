#pragma once

#include "saccade/image/placement.h"
#include "saccade/image/prepare.h"

namespace saccade {

/// The part of an image that is scaled to a part of the encoder's input (see prepare.h).
struct Fitting {
  PixelRect from;  ///< of the image
  PixelRect to;    ///< of the input
};

/// @param width, height  of the image, ≥ 1
Fitting fit_image(int width, int height, const InputConfig& config);

/// The placement that `prepare` returns for an image of this size.
Placement placement_of(int width, int height, const InputConfig& config);

}  // namespace saccade
