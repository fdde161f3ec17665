#include "saccade/model/additive_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// The loops are written once, inlined into one function per instruction set and left to the
// compiler's vectorizer; CMake gives this file the flags that let it reorder the sums.
#define SACCADE_INLINE static inline __attribute__((always_inline))

namespace saccade {
namespace {

SACCADE_INLINE float exp2_fast(float y) {  // |y| ≤ 60; relative error 2e-7
  const float n = std::nearbyint(y);
  const float f = (y - n) * 0.69314718056f;
  float p = 1.0f / 720;
  p = p * f + 1.0f / 120;
  p = p * f + 1.0f / 24;
  p = p * f + 1.0f / 6;
  p = p * f + 0.5f;
  p = p * f + 1.0f;
  p = p * f + 1.0f;
  const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

SACCADE_INLINE void exp_twice_loop(const float* in, std::int64_t n, float* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float x = std::min(std::max(in[i], -20.0f), 20.0f);
    out[i] = exp2_fast(x * 2.88539008178f);  // 2 log2 e
  }
}

SACCADE_INLINE void forward_loop(const float* exp_keys, const float* exp_query, const float* v,
                                 std::int64_t cells, std::int64_t size, float* score) {
  float sum_v = 0;
  for (std::int64_t a = 0; a < size; ++a) sum_v += v[a];
  for (std::int64_t i = 0; i < cells; ++i) {
    const float* key = exp_keys + i * size;
    float sum = 0;
    for (std::int64_t a = 0; a < size; ++a) sum += v[a] / (key[a] * exp_query[a] + 1);
    score[i] = sum_v - 2 * sum;
  }
}

SACCADE_INLINE void backward_loop(const float* exp_keys, const float* exp_query, const float* v,
                                  const float* d_score, std::int64_t cells, std::int64_t size,
                                  float* __restrict d_keys, float* __restrict d_query,
                                  float* __restrict d_v) {
  for (std::int64_t i = 0; i < cells; ++i) {
    const float* key = exp_keys + i * size;
    float* d_key = d_keys + i * size;
    const float d = d_score[i];
    for (std::int64_t a = 0; a < size; ++a) {
      const float s = 1 / (key[a] * exp_query[a] + 1);
      const float d_sum = 4 * d * v[a] * s * (1 - s);
      d_key[a] += d_sum;
      d_query[a] += d_sum;
      d_v[a] += d * (1 - 2 * s);
    }
  }
}

#define SACCADE_KERNEL(name, attribute)                                                       \
  attribute void exp_twice_##name(const float* in, std::int64_t n, float* out) {              \
    exp_twice_loop(in, n, out);                                                               \
  }                                                                                           \
  attribute void forward_##name(const float* keys, const float* query, const float* v,        \
                                std::int64_t cells, std::int64_t size, float* score) {        \
    forward_loop(keys, query, v, cells, size, score);                                         \
  }                                                                                           \
  attribute void backward_##name(const float* keys, const float* query, const float* v,       \
                                 const float* d_score, std::int64_t cells, std::int64_t size, \
                                 float* d_keys, float* d_query, float* d_v) {                 \
    backward_loop(keys, query, v, d_score, cells, size, d_keys, d_query, d_v);                \
  }                                                                                           \
  constexpr AdditiveKernel kernel_##name{exp_twice_##name, forward_##name, backward_##name};

SACCADE_KERNEL(portable, )
#ifdef __x86_64__
SACCADE_KERNEL(avx2, __attribute__((target("avx2,fma"))))
#ifdef __clang__
#define SACCADE_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"
#else  // GCC would else halve the vectors for fear of the clock
#define SACCADE_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,prefer-vector-width=512"
#endif
SACCADE_KERNEL(avx512, __attribute__((target(SACCADE_AVX512))))
#endif

const AdditiveKernel& choose() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return kernel_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kernel_avx2;
#endif
  return kernel_portable;
}

}  // namespace

const AdditiveKernel& additive_kernel() {
  static const AdditiveKernel& kernel = choose();
  return kernel;
}

}  // namespace saccade
