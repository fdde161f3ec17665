#pragma once

#include <cstdint>

namespace saccade {

/// The inner loops of the additive score for one image, compiled for several instruction sets and
/// chosen once per process. With E = exp 2k, Q = exp 2q and s = 1 / (E Q + 1):
///   tanh(k + q) = 1 − 2 s,
/// so the exponentials (exp_twice) are taken once per key and once per query, never once per pair.
struct AdditiveKernel {
  /// score[i] = Σ_a v[a] tanh(k[i, a] + q[a]) for L cells.
  void (*forward)(const float* exp_keys, const float* exp_query, const float* v, std::int64_t cells,
                  std::int64_t size, float* score);
  /// Adds the gradients to those of exp_keys (L×A), of the query itself (A) and of v (A).
  void (*backward)(const float* exp_keys, const float* exp_query, const float* v,
                   const float* d_score, std::int64_t cells, std::int64_t size, float* d_exp_keys,
                   float* d_query, float* d_v);
};

/// The fastest this processor can run.
const AdditiveKernel& additive_kernel();

}  // namespace saccade
