#pragma once

#include <ATen/core/Tensor.h>

#include "saccade/image/placement.h"

namespace saccade {

// The letters used for shapes in every comment, after Xu et al. 2015:
//   B images in a batch   R rows (captions or beams); K rows per image where all have the same
//   L cells of the grid   D features per cell
//   T words               V vocabulary     E embedding     H hidden     A attention

/// The annotation vectors a of a batch of images: the output of the encoder (Xu et al. 2015,
/// section 3.1.1).
struct Features {
  at::Tensor values;  ///< B×L×D
  Grid grid;          ///< L = rows · cols

  Features to(at::Device device) const { return {values.to(device), grid}; }
};

}  // namespace saccade
