#include "saccade/model/decoder/lstm_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace saccade {
namespace {

SACCADE_INLINE float read(float x) { return x; }
SACCADE_INLINE float read(Bf16Bits x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

SACCADE_INLINE void write(float value, float& out) { out = value; }
SACCADE_INLINE void write(float value, Bf16Bits& out) {  // rounds to nearest, ties to even
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  out.bits = static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// 2^y for |y| ≤ 60, with a relative error of at most 2e-7; NaN for NaN.
SACCADE_INLINE float exp2_fast(float y) {
  // The sum rounds y to an integer n, which its low bits hold.
  constexpr float kRounding = 3 << 22;
  const float sum = y + kRounding;
  const float n = sum - kRounding;
  const float f = (y - n) * 0.69314718056f;
  float p = 1.0f / 720;
  p = p * f + 1.0f / 120;
  p = p * f + 1.0f / 24;
  p = p * f + 1.0f / 6;
  p = p * f + 0.5f;
  p = p * f + 1.0f;
  p = p * f + 1.0f;
  std::uint32_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  bits = (bits + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

SACCADE_INLINE float sigmoid(float x) {
  const float held = std::min(std::max(x, -40.0f), 40.0f);
  return 1 / (1 + exp2_fast(held * -1.44269504089f));
}

SACCADE_INLINE float tanh_of(float x) {
  const float held = std::min(std::max(x, -20.0f), 20.0f);
  return 1 - 2 / (1 + exp2_fast(held * 2.88539008178f));
}

template <typename T>
SACCADE_INLINE void forward_loop(const T* const* sums, int n, const float* __restrict c,
                                 std::int64_t H, float* __restrict gates, float* __restrict c_next,
                                 T* __restrict h) {
  const T* __restrict first = sums[0];
  for (std::int64_t j = 0; j < 4 * H; ++j) gates[j] = read(first[j]);
  for (int k = 1; k < n; ++k) {
    const T* __restrict more = sums[k];
    for (std::int64_t j = 0; j < 4 * H; ++j) gates[j] += read(more[j]);
  }
  float* __restrict i = gates;
  float* __restrict f = gates + H;
  float* __restrict g = gates + 2 * H;
  float* __restrict o = gates + 3 * H;
  for (std::int64_t j = 0; j < H; ++j) {
    i[j] = sigmoid(i[j]);
    f[j] = sigmoid(f[j]);
    g[j] = tanh_of(g[j]);
    o[j] = sigmoid(o[j]);
    c_next[j] = f[j] * c[j] + i[j] * g[j];
    write(o[j] * tanh_of(c_next[j]), h[j]);
  }
}

template <typename T>
SACCADE_INLINE void backward_loop(const float* __restrict gates, const float* __restrict c,
                                  const float* __restrict c_next, const T* __restrict d_h,
                                  const float* __restrict d_c_next, std::int64_t H,
                                  T* __restrict d_sums, float* __restrict d_c) {
  for (std::int64_t j = 0; j < H; ++j) {
    const float i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
    const float tanh_c = tanh_of(c_next[j]);
    const float d = read(d_h[j]);
    const float d_cell = d_c_next[j] + d * o * (1 - tanh_c * tanh_c);
    write(d_cell * g * i * (1 - i), d_sums[j]);
    write(d_cell * c[j] * f * (1 - f), d_sums[H + j]);
    write(d_cell * i * (1 - g * g), d_sums[2 * H + j]);
    write(d * tanh_c * o * (1 - o), d_sums[3 * H + j]);
    d_c[j] = d_cell * f;
  }
}

#define SACCADE_ROW_KERNEL(name, attribute, T)                                                   \
  attribute void forward_##name(const T* const* sums, int n, const float* c, std::int64_t H,     \
                                float* gates, float* c_next, T* h) {                             \
    forward_loop(sums, n, c, H, gates, c_next, h);                                               \
  }                                                                                              \
  attribute void backward_##name(const float* gates, const float* c, const float* c_next,        \
                                 const T* d_h, const float* d_c_next, std::int64_t H, T* d_sums, \
                                 float* d_c) {                                                   \
    backward_loop(gates, c, c_next, d_h, d_c_next, H, d_sums, d_c);                              \
  }
#define SACCADE_KERNEL(name, attribute)                                               \
  SACCADE_ROW_KERNEL(name##_fp32, attribute, float)                                   \
  SACCADE_ROW_KERNEL(name##_bf16, attribute, Bf16Bits)                                \
  constexpr LstmKernel kernel_##name{InstructionSet::name,                            \
                                     {forward_##name##_fp32, backward_##name##_fp32}, \
                                     {forward_##name##_bf16, backward_##name##_bf16}};

SACCADE_FOR_EACH_INSTRUCTION_SET

}  // namespace

const std::vector<LstmKernel>& lstm_kernels() {
  static const std::vector<LstmKernel> kernels SACCADE_ALL_KERNELS;
  return kernels;
}

const LstmKernel& lstm_kernel() {
  static const LstmKernel& kernel = fastest_of(lstm_kernels());
  return kernel;
}

}  // namespace saccade
