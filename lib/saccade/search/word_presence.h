#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "saccade/search/step_function.h"

namespace saccade {

struct PresenceOptions {
  std::int64_t samples = 24;     ///< captions drawn per image
  std::int64_t max_length = 16;  ///< words of each
  std::uint64_t seed = 1;
};

/// How likely a caption of each image holds each word, wherever it stands:
///   p(w) = E_y [1 − Π_t (1 − p(w | y_<t, a))],
/// the expectation over captions y drawn from the model itself. What it would say of the photograph
/// without being given a sentence.
/// @param start  one row per image.
/// @return log p, B×V, double, on the CPU; never below log 1e-9.
at::Tensor word_presence(const StepFunction& step, const State& start,
                         const PresenceOptions& options);

}  // namespace saccade
