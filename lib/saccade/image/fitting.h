#pragma once

#include "saccade/image/placement.h"
#include "saccade/image/prepare.h"

namespace saccade {

/// Which part of a photograph goes to which part of the encoder's input (see prepare.h).
struct Fitting {
  PixelRect from;
  PixelRect to;
};

/// @param width, height  of the photograph, ≥ 1
Fitting fit_image(int width, int height, const InputConfig& config);

/// Where the encoder's input lies in such a photograph: the placement that `prepare` gives.
Placement placement_of(int width, int height, const InputConfig& config);

}  // namespace saccade
