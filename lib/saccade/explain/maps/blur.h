#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/image/placement.h"

namespace saccade {

/// An encoder's input with the pixels of some cells blurred beyond recognition (σ = S / 16). The
/// blurred region has a soft border (σ = S / 100), so that hiding adds no edge.
/// @param pixels  3×S×S, fp32, on the CPU. @return a new tensor of the same shape.
at::Tensor blur_cells(const at::Tensor& pixels, const std::vector<std::int64_t>& cells,
                      const Grid& grid);

}  // namespace saccade
