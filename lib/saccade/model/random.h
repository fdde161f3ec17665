#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace saccade {

// What is left to chance is drawn on the processor, wherever the tensors are: a seed then gives the
// same on every device.

/// One column of each row, the more likely the larger its number.
/// @param p          R×N, ≥ 0, no row of zeros alone
/// @param generator  on the processor; undefined: LibTorch's default
/// @return R, int64, where p is
at::Tensor sample_columns(const at::Tensor& p, const at::Generator& generator);

/// x with a share of its numbers made zero and the others 1 / (1 − share) times as large
/// (Srivastava et al. 2014); x itself for a share of 0.
/// @param generator  as above
at::Tensor apply_dropout(const at::Tensor& x, double share, const at::Generator& generator);

}  // namespace saccade
