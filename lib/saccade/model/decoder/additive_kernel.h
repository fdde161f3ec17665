#pragma once

#include <cstdint>
#include <vector>

#include "saccade/model/instruction_set.h"

namespace saccade {

/// The inner loops of the additive score for one image, compiled for one instruction set. They have
/// a source of their own, because CMake compiles it with -ffast-math. With E = exp 2k, Q = exp 2q
/// and s = 1 / (E Q + 1):
///   tanh(k + q) = 1 − 2 s,
/// so the exponentials (exp_twice) are computed once per key and once per query, not per pair.
struct AdditiveKernel {
  InstructionSet instruction_set;
  /// score[i] = Σ_a v[a] tanh(k[i, a] + q[a]).
  /// @param exp_keys   E, L×A
  /// @param exp_query  Q, A
  /// @param v          A
  /// @param cells      L
  /// @param size       A
  /// @param score      L, written
  void (*forward)(const float* exp_keys, const float* exp_query, const float* v, std::int64_t cells,
                  std::int64_t size, float* score);
  /// Adds to the gradients of E (d_exp_keys, L×A), of q (d_query, A) and of v (d_v, A).
  /// @param d_score  L, the gradient of the score
  void (*backward)(const float* exp_keys, const float* exp_query, const float* v,
                   const float* d_score, std::int64_t cells, std::int64_t size, float* d_exp_keys,
                   float* d_query, float* d_v);
};

/// All compiled versions, slowest first. A CPU can run those up to its instruction set.
const std::vector<AdditiveKernel>& additive_kernels();
/// The fastest version for `instruction_set()`.
const AdditiveKernel& additive_kernel();

}  // namespace saccade
