#pragma once

#include <string>

#include <torch/nn/module.h>

namespace saccade::test {

/// Pseudorandom numbers in [−1, 1) that depend only on `name` and their index.
/// tools/reference/formula.py computes the same numbers, so that fixtures need not contain the
/// weights of large networks.
at::Tensor formula_tensor(const std::string& name, at::IntArrayRef sizes);

/// Sets every parameter and buffer of `module` to formula_tensor, scaled to keep activations in a
/// normal range.
/// @param prefix  prepended to the names
void set_formula_weights(torch::nn::Module& module, const std::string& prefix = "");

}  // namespace saccade::test
