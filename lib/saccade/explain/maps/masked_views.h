#pragma once

#include <vector>

#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// Starts from one image's annotations of which some cells are replaced: M views of it.
///
/// The same as `decoder->start` of M copies of the features with their cells replaced, but every
/// annotation is projected once instead of M times.
/// @param features  1×L×D.
/// @param fillers   F×D: annotations that may stand in for a cell's own.
/// @param cells     M×L, int64: −1 keeps the cell's own annotation, f puts filler f in its place.
/// @return one row per view.
/// @throws std::invalid_argument for shapes that do not fit or a filler that is not there.
State start_masked(const Decoder& decoder, const Features& features, const at::Tensor& fillers,
                   const at::Tensor& cells);

/// The rows of all states, one after the other. All have as many rows per image.
State concatenate(const std::vector<State>& states);

}  // namespace saccade
