#include "saccade/model/decoder/additive_kernel.h"

namespace saccade {
namespace {

// The loops process several cells at once: the query's values are loaded once for all of them, and
// their sums are independent.

template <int kCells>
SACCADE_INLINE void forward_cells(const float* keys, const float* exp_query, const float* v,
                                  float sum_v, std::int64_t size, float* score) {
  float sums[kCells] = {};
  for (std::int64_t a = 0; a < size; ++a) {
    for (int i = 0; i < kCells; ++i) sums[i] += v[a] / (keys[i * size + a] * exp_query[a] + 1);
  }
  for (int i = 0; i < kCells; ++i) score[i] = sum_v - 2 * sums[i];
}

SACCADE_INLINE void forward_loop(const float* exp_keys, const float* exp_query, const float* v,
                                 std::int64_t cells, std::int64_t size, float* score) {
  float sum_v = 0;
  for (std::int64_t a = 0; a < size; ++a) sum_v += v[a];
  std::int64_t i = 0;
  for (; i + 4 <= cells; i += 4) {
    forward_cells<4>(exp_keys + i * size, exp_query, v, sum_v, size, score + i);
  }
  for (; i < cells; ++i) {
    forward_cells<1>(exp_keys + i * size, exp_query, v, sum_v, size, score + i);
  }
}

template <int kCells>
SACCADE_INLINE void backward_cells(const float* keys, const float* exp_query, const float* v,
                                   const float* d_score, std::int64_t size,
                                   float* __restrict d_keys, float* __restrict d_query,
                                   float* __restrict d_v) {
  for (std::int64_t a = 0; a < size; ++a) {
    float sum_query = 0, sum_v = 0;
    for (int i = 0; i < kCells; ++i) {
      const float key = keys[i * size + a];
      const float s = 1 / (key * exp_query[a] + 1);
      const float d_key = 2 * d_score[i] * v[a] * exp_query[a] * s * s;
      d_keys[i * size + a] += d_key;
      sum_query += d_key * key;
      sum_v += d_score[i] * (1 - 2 * s);
    }
    d_query[a] += 2 * sum_query;
    d_v[a] += sum_v;
  }
}

SACCADE_INLINE void backward_loop(const float* exp_keys, const float* exp_query, const float* v,
                                  const float* d_score, std::int64_t cells, std::int64_t size,
                                  float* d_keys, float* d_query, float* d_v) {
  std::int64_t i = 0;
  for (; i + 4 <= cells; i += 4) {
    backward_cells<4>(exp_keys + i * size, exp_query, v, d_score + i, size, d_keys + i * size,
                      d_query, d_v);
  }
  for (; i < cells; ++i) {
    backward_cells<1>(exp_keys + i * size, exp_query, v, d_score + i, size, d_keys + i * size,
                      d_query, d_v);
  }
}

#define SACCADE_KERNEL(name, attribute)                                                       \
  attribute void forward_##name(const float* keys, const float* query, const float* v,        \
                                std::int64_t cells, std::int64_t size, float* score) {        \
    forward_loop(keys, query, v, cells, size, score);                                         \
  }                                                                                           \
  attribute void backward_##name(const float* keys, const float* query, const float* v,       \
                                 const float* d_score, std::int64_t cells, std::int64_t size, \
                                 float* d_keys, float* d_query, float* d_v) {                 \
    backward_loop(keys, query, v, d_score, cells, size, d_keys, d_query, d_v);                \
  }                                                                                           \
  constexpr AdditiveKernel kernel_##name{InstructionSet::name, forward_##name, backward_##name};

SACCADE_FOR_EACH_INSTRUCTION_SET

}  // namespace

const std::vector<AdditiveKernel>& additive_kernels() {
  static const std::vector<AdditiveKernel> kernels SACCADE_ALL_KERNELS;
  return kernels;
}

const AdditiveKernel& additive_kernel() {
  static const AdditiveKernel& kernel = fastest_of(additive_kernels());
  return kernel;
}

}  // namespace saccade
