#pragma once

#include <cstdint>
#include <vector>

#include "saccade/model/instruction_set.h"

namespace saccade {

/// A bfloat16 number: the upper half of a float's bits.
struct Bf16Bits {
  std::uint16_t bits;
};

/// The inner loops of an LSTM cell for one row, T of the matrix products and of h: float or
/// bfloat16. H numbers per gate, in the order i, f, g, o.
template <typename T>
struct LstmRowKernel {
  /// @param sums  n pointers to 4H numbers each, whose sum the gates are made of
  /// @param gates 4H, written: σ or tanh of the sum, as `backward` needs them
  void (*forward)(const T* const* sums, int n, const float* c, std::int64_t H, float* gates,
                  float* c_next, T* h);
  /// @param d_h     H, the gradient of h; @param d_c_next  H, that of c_next
  /// @param d_sums  4H, written: the gradient of each of the n sums
  void (*backward)(const float* gates, const float* c, const float* c_next, const T* d_h,
                   const float* d_c_next, std::int64_t H, T* d_sums, float* d_c);
};

struct LstmKernel {
  InstructionSet instruction_set;
  LstmRowKernel<float> fp32;
  LstmRowKernel<Bf16Bits> bf16;
};

/// Every version that is compiled in, slowest first. A processor runs those up to its instruction
/// set.
const std::vector<LstmKernel>& lstm_kernels();
/// The fastest that runs with `instruction_set()`.
const LstmKernel& lstm_kernel();

}  // namespace saccade
