#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// The interface between search and model. Takes a state and the previous word of each row (R,
/// int64, on the state's device; <start> before the first word) and returns the logits and maps of
/// the next word. Called without gradients.
using StepFunction = std::function<Step(const State& state, const at::Tensor& words)>;

/// Checks an argument.
/// @throws std::invalid_argument with the message unless the condition holds.
inline void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace saccade
