#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// All that search knows of a model: State + the last word of every row (int64, R, on the state's
/// device; <start> before the first word) → Step, whose logits and maps are those of the next word.
/// Called without gradients. Tests give it toys.
using StepFunction = std::function<Step(const State& state, const at::Tensor& words)>;

/// @throws std::invalid_argument with the message unless the condition holds.
inline void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace saccade
