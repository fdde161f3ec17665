#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "saccade/search/step_function.h"

namespace saccade {

/// Options of word_presence().
struct PresenceOptions {
  std::int64_t samples = 24;     ///< captions sampled per image, ≥ 1
  std::int64_t max_length = 16;  ///< maximum words per caption, ≥ 1
  std::uint64_t seed = 1;
};

/// The probability that a caption of an image contains a word, at any position:
///   p(w) = E_y [1 − Π_t (1 − p(w | y_<t, a))],
/// where the captions y are sampled from the model.
/// @param start  one row per image
/// @return log p, B×V, double, on the CPU; at least log 1e-9
/// @throws std::invalid_argument for options out of range or several rows per image.
at::Tensor word_presence(const StepFunction& step, const State& start,
                         const PresenceOptions& options);

}  // namespace saccade
