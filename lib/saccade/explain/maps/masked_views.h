#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/image/placement.h"
#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// The decoder's start states for M views of one image. In each view the annotations of some cells
/// are replaced.
///
/// Equivalent to calling `decoder->start` on M copies of the features with their cells replaced,
/// but every annotation is projected once instead of M times.
/// @param features  1×L×D.
/// @param fillers   F×D: annotations that may replace a cell's own.
/// @param cells     M×L, int64: −1 keeps the cell's own annotation, f ≥ 0 replaces it by filler f.
/// @return one row per view.
/// @throws std::invalid_argument for shapes that do not match or a filler index out of range.
State start_masked(const Decoder& decoder, const Features& features, const at::Tensor& fillers,
                   const at::Tensor& cells);

/// Concatenates the rows of several states. All states must have the same number of rows per image.
/// @throws std::invalid_argument for no states.
State concatenate(const std::vector<State>& states);

/// An encoder's input with the pixels of some cells blurred beyond recognition (σ = S / 16). The
/// blurred region has a soft border (σ = S / 100), so that hiding adds no edge.
/// @param pixels  3×S×S, fp32, on the CPU. @return a new tensor of the same shape.
at::Tensor blur_cells(const at::Tensor& pixels, const std::vector<std::int64_t>& cells,
                      const Grid& grid);

}  // namespace saccade
