#pragma once

#include <cstdint>
#include <vector>

#include "saccade/model/instruction_set.h"

namespace saccade {

/// The inner loops of the additive score for one image, compiled for an instruction set. With E =
/// exp 2k, Q = exp 2q and s = 1 / (E Q + 1):
///   tanh(k + q) = 1 − 2 s,
/// so the exponentials (exp_twice) are taken once per key and once per query, never once per pair.
struct AdditiveKernel {
  InstructionSet instruction_set;
  /// score[i] = Σ_a v[a] tanh(k[i, a] + q[a]) for L cells.
  void (*forward)(const float* exp_keys, const float* exp_query, const float* v, std::int64_t cells,
                  std::int64_t size, float* score);
  /// Adds the gradients to those of exp_keys (L×A), of the query itself (A) and of v (A).
  void (*backward)(const float* exp_keys, const float* exp_query, const float* v,
                   const float* d_score, std::int64_t cells, std::int64_t size, float* d_exp_keys,
                   float* d_query, float* d_v);
};

/// Every version that is compiled in, slowest first. A processor runs those up to its instruction
/// set.
const std::vector<AdditiveKernel>& additive_kernels();
/// The fastest that runs with `instruction_set()`.
const AdditiveKernel& additive_kernel();

}  // namespace saccade
