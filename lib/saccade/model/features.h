#pragma once

#include <ATen/core/Tensor.h>

#include "saccade/image/grid.h"

namespace saccade {

// The letters of the paper, used in every comment:
//   B images in a batch   R rows (captions or beams), K per image where all have as many
//   L cells of the grid   D features per cell
//   T words               V vocabulary     E embedding     H hidden     A attention

/// Annotation vectors a: what the encoder makes of a batch of images.
struct Features {
  at::Tensor values;  ///< B×L×D
  Grid grid;          ///< L = rows · cols

  Features to(at::Device device) const { return {values.to(device), grid}; }
};

}  // namespace saccade
