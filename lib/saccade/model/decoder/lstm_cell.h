#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

struct LstmState {
  at::Tensor h, c;  ///< R×H
};

/// One step of an LSTM (Xu et al. 2015, equations 1 to 3) from what its gates are the sum of:
///   c′ = σ(f) c + σ(i) tanh(g),  h′ = σ(o) tanh(c′),  (i, f, g, o) = Σ sums.
/// On a processor in one pass over memory, forwards and backwards. Differentiable in all.
/// @param sums  two or three products of R×4H, all float, bfloat16 or double; they are summed in at
///              least float
/// @param c     R×H, float (double with double sums)
/// @return h in the type of the sums, c in its own.
LstmState lstm_cell(const std::vector<at::Tensor>& sums, const at::Tensor& c);

}  // namespace saccade
