#pragma once

#include <functional>

#include "saccade/model/decoder.h"

namespace saccade {

/// All that search knows of a model: State + word ids (int64, R) → Step. Tests give it toys.
using StepFunction = std::function<Step(const State& state, const at::Tensor& words)>;

}  // namespace saccade
