#pragma once

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/accumulated_gradient.h"

namespace saccade {

/// exp 2k, with k held within ±20, where tanh is ±1 to the last digit and a product of two stays
/// finite: what `additive_scores` takes of the keys, once per image.
at::Tensor exp_twice(const at::Tensor& keys);

/// Bahdanau's score, e_ri = v · tanh(key_bi + query_r), b the image that row r looks at, without
/// ever holding the R×L×A values under the tanh: they are recomputed for the gradient.
/// Float or double; differentiable in all three.
/// @param exp_keys  B×L×A: exp 2(W_a a + b), from `exp_twice`
/// @param query     R×A: W_h h
/// @param v         A
/// @return R×L
at::Tensor additive_scores(const AccumulatedOperand& exp_keys, const at::Tensor& query,
                           const at::Tensor& v, const ImageRowsPtr& rows);

}  // namespace saccade
