#pragma once

#include <string>

#include <torch/nn/module.h>

namespace saccade::test {

/// Numbers in [−1, 1) that depend on `name` alone. tools/reference/formula.py makes the same ones,
/// so that fixtures of large networks need no weights.
at::Tensor formula_tensor(const std::string& name, at::IntArrayRef sizes);

/// Gives every parameter and buffer of `module` formula values, scaled to keep activations alive.
/// @param prefix  put before the names.
void set_formula_weights(torch::nn::Module& module, const std::string& prefix = "");

}  // namespace saccade::test
