#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace saccade {

// Random numbers are generated on the CPU, whatever the device of the tensors, so that a seed gives
// the same results on every device.

/// Samples one column per row, with probability proportional to p.
/// @param p          R×N, ≥ 0; every row has a sum above 0
/// @param generator  on the CPU; undefined: LibTorch's default
/// @return R, int64, on the device of p
at::Tensor sample_columns(const at::Tensor& p, const at::Generator& generator);

/// Dropout (Srivastava et al. 2014): sets each value of x to zero with probability `share` and
/// scales the others by 1 / (1 − share). Returns x itself for share ≤ 0.
/// @param share      < 1
/// @param generator  as above
at::Tensor apply_dropout(const at::Tensor& x, double share, const at::Generator& generator);

}  // namespace saccade
