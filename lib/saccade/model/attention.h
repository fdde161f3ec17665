#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/features.h"

namespace saccade {

/// What attention needs of the images, computed once per image.
struct Annotations {
  at::Tensor values;  ///< a: B×L×D, after the projection
  at::Tensor keys;    ///< W_a a + b for additive scores (B×L×A), a W for general (B×L×H), a for dot
  Grid grid;

  std::int64_t images() const { return values.size(0); }
};

}  // namespace saccade
