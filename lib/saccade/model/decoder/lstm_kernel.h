#pragma once

#include <cstdint>
#include <vector>

#include "saccade/model/instruction_set.h"

namespace saccade {

/// A bfloat16 number: the upper half of a float's bits.
struct Bf16Bits {
  std::uint16_t bits;
};

/// The inner loops of an LSTM cell for one row. T is the type of the summands and of h: float or
/// bfloat16. H values per gate, in the order i, f, g, o.
template <typename T>
struct LstmRowKernel {
  /// @param sums    n pointers to the summands of the gates, 4H each
  /// @param c       H
  /// @param gates   4H, written: σ or tanh of the sum, for `backward`
  /// @param c_next  H, written
  /// @param h       H, written
  void (*forward)(const T* const* sums, int n, const float* c, std::int64_t H, float* gates,
                  float* c_next, T* h);
  /// @param d_h       H, the gradient of h
  /// @param d_c_next  H, the gradient of c_next
  /// @param d_sums    4H, written: the gradient of each of the n summands
  /// @param d_c       H, written: the gradient of c
  void (*backward)(const float* gates, const float* c, const float* c_next, const T* d_h,
                   const float* d_c_next, std::int64_t H, T* d_sums, float* d_c);
};

/// The loops compiled for one instruction set. They have a source of their own, because CMake
/// compiles it with options for vectorization.
struct LstmKernel {
  InstructionSet instruction_set;
  LstmRowKernel<float> fp32;
  LstmRowKernel<Bf16Bits> bf16;
};

/// All compiled versions, slowest first. A CPU can run those up to its instruction set.
const std::vector<LstmKernel>& lstm_kernels();
/// The fastest version for `instruction_set()`.
const LstmKernel& lstm_kernel();

}  // namespace saccade
