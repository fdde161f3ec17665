#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

struct LstmState {
  at::Tensor h, c;  ///< R×H
};

/// One step of an LSTM (Xu et al. 2015, equations 1 to 3), from the summands of its gates:
///   c′ = σ(f) c + σ(i) tanh(g),  h′ = σ(o) tanh(c′),  (i, f, g, o) = Σ sums.
/// On the CPU, the forward and the backward pass each go over memory once. Differentiable in all
/// inputs.
/// @param sums  two or three tensors of R×4H, all float, bfloat16 or double; summed in at least
///              float
/// @param c     R×H, float (double with double sums)
/// @return h in the type of the sums, c in the type of c
LstmState lstm_cell(const std::vector<at::Tensor>& sums, const at::Tensor& c);

}  // namespace saccade
