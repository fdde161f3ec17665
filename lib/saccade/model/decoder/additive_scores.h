#pragma once

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/accumulated_gradient.h"

namespace saccade {

/// exp 2k, with k clamped to ±20: tanh is ±1 there to the last digit, and a product of two
/// exponentials stays finite. Computed from the keys once per image, for `additive_scores`.
at::Tensor exp_twice(const at::Tensor& keys);

/// The additive score (Bahdanau et al. 2015, appendix A.1.2): e_ri = v · tanh(key_bi + query_r),
/// where row r attends to image b. Never stores the R×L×A arguments of tanh; the backward pass
/// recomputes them. Float or double; differentiable in all three tensors.
/// @param exp_keys  B×L×A: exp 2(W_a a + b), from `exp_twice`
/// @param query     R×A: W_h h
/// @param v         A
/// @param rows      the image that each row attends to
/// @return e, R×L
at::Tensor additive_scores(const AccumulatedOperand& exp_keys, const at::Tensor& query,
                           const at::Tensor& v, const ImageRowsPtr& rows);

}  // namespace saccade
