#pragma once

#include <ATen/core/Tensor.h>

#include "saccade/model/shared_operand.h"

namespace saccade {

/// Bahdanau's score, e_ri = v · tanh(key_bi + query_r), for the K rows r of every image b, without
/// ever holding the R×L×A values under the tanh: they are recomputed for the gradient.
/// Float or double; differentiable in all three.
/// @param keys   B×L×A: W_a a + b, once per image
/// @param query  R×A, R = B·K, the rows of one image together: W_h h
/// @param v      A
/// @return R×L
at::Tensor additive_scores(const SharedOperand& keys, const at::Tensor& query, const at::Tensor& v);

}  // namespace saccade
