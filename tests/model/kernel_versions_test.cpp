// Compares every version of the project's kernels that this CPU can run with the equations in
// double precision.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/model/decoder/additive_kernel.h"
#include "saccade/model/decoder/lstm_kernel.h"
#include "saccade/model/instruction_set.h"

namespace saccade::test {
namespace {

using Numbers = std::vector<float>;

class Random {
 public:
  explicit Random(unsigned seed) : generator_(seed) {}
  Numbers numbers(std::size_t count, double scale = 1) {
    std::normal_distribution<double> normal(0, scale);
    Numbers out(count);
    for (float& x : out) x = static_cast<float>(normal(generator_));
    return out;
  }

 private:
  std::mt19937 generator_;
};

/// Calls check(kernel) for every version that this CPU can run.
template <typename Kernels, typename Check>
void for_each_version(const Kernels& kernels, Check&& check) {
  for (const auto& kernel : kernels) {
    if (kernel.instruction_set > cpu_instruction_set()) continue;
    SCOPED_TRACE(to_string(kernel.instruction_set));
    check(kernel);
  }
}

TEST(KernelVersions, AreSortedAndChosenByInstructionSet) {
  const auto check = [](const auto& kernels, const auto& chosen) {
    ASSERT_FALSE(kernels.empty());
    EXPECT_EQ(kernels.front().instruction_set, InstructionSet::portable);
    for (std::size_t i = 1; i < kernels.size(); ++i) {
      EXPECT_LT(kernels[i - 1].instruction_set, kernels[i].instruction_set);
    }
    EXPECT_LE(chosen.instruction_set, instruction_set());
    EXPECT_EQ(&fastest_of(kernels, InstructionSet::portable), &kernels.front());
    EXPECT_EQ(&fastest_of(kernels, InstructionSet::avx512_bf16), &kernels.back());
  };
  check(additive_kernels(), additive_kernel());
  check(lstm_kernels(), lstm_kernel());
}

// Sizes around the widths of vectors, and numbers of cells around the four of one loop iteration.
struct AdditiveSize {
  std::int64_t cells, size;
};
constexpr AdditiveSize kAdditiveSizes[] = {{1, 1}, {3, 5}, {4, 16}, {7, 37}, {49, 64}, {196, 257}};

struct AdditiveInputs {
  AdditiveInputs(const AdditiveSize& of, unsigned seed) : L(of.cells), A(of.size) {
    Random random(seed);
    const auto exp_twice = [](Numbers x) {
      for (float& value : x) value = static_cast<float>(std::exp(2.0 * value));
      return x;
    };
    exp_keys = exp_twice(random.numbers(L * A));
    exp_query = exp_twice(random.numbers(A));
    v = random.numbers(A);
    d_score = random.numbers(L);
  }
  double tanh_at(std::int64_t i, std::int64_t a) const {
    return 1 - 2 / (double{exp_keys[i * A + a]} * double{exp_query[a]} + 1);
  }

  std::int64_t L, A;
  Numbers exp_keys, exp_query, v, d_score;
};

TEST(AdditiveKernels, ComputeTheScoresOfTheEquation) {
  for (const AdditiveSize& of : kAdditiveSizes) {
    const AdditiveInputs in(of, 1);
    for_each_version(additive_kernels(), [&](const AdditiveKernel& kernel) {
      Numbers score(in.L);
      kernel.forward(in.exp_keys.data(), in.exp_query.data(), in.v.data(), in.L, in.A,
                     score.data());
      for (std::int64_t i = 0; i < in.L; ++i) {
        double expected = 0, size = 0;
        for (std::int64_t a = 0; a < in.A; ++a) {
          expected += double{in.v[a]} * in.tanh_at(i, a);
          size += std::abs(in.v[a]);
        }
        ASSERT_NEAR(score[i], expected, 1e-6 * (1 + size)) << "cell " << i << " of " << in.L;
      }
    });
  }
}

TEST(AdditiveKernels, AddTheGradientsOfTheEquation) {
  for (const AdditiveSize& of : kAdditiveSizes) {
    const AdditiveInputs in(of, 2);
    for_each_version(additive_kernels(), [&](const AdditiveKernel& kernel) {
      // Start from 1, to check that gradients are added.
      Numbers d_keys(in.L * in.A, 1), d_query(in.A, 1), d_v(in.A, 1);
      kernel.backward(in.exp_keys.data(), in.exp_query.data(), in.v.data(), in.d_score.data(), in.L,
                      in.A, d_keys.data(), d_query.data(), d_v.data());
      for (std::int64_t a = 0; a < in.A; ++a) {
        double query = 1, v = 1, size = 0;
        for (std::int64_t i = 0; i < in.L; ++i) {
          const double tanh = in.tanh_at(i, a), d_tanh = double{in.d_score[i]} * double{in.v[a]};
          // ∂tanh/∂E = 2 Q / (E Q + 1)²,  ∂tanh/∂q = 1 − tanh²
          const double s = (1 - tanh) / 2;
          const double d_key = 2 * d_tanh * double{in.exp_query[a]} * s * s;
          ASSERT_NEAR(d_keys[i * in.A + a], 1 + d_key, 1e-5 * (1 + std::abs(d_key)));
          query += d_tanh * (1 - tanh * tanh);
          v += double{in.d_score[i]} * tanh;
          size += std::abs(in.d_score[i]) * (1 + std::abs(in.v[a]));
        }
        ASSERT_NEAR(d_query[a], query, 1e-5 * (1 + size)) << a << " of " << in.A;
        ASSERT_NEAR(d_v[a], v, 1e-5 * (1 + size)) << a << " of " << in.A;
      }
    });
  }
}

float value_of(float x) { return x; }
float value_of(Bf16Bits x) {
  const std::uint32_t bits = std::uint32_t{x.bits} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Converts to the type of the kernel; to bfloat16 by truncation.
template <typename T>
std::vector<T> in_type(const Numbers& x);
template <>
std::vector<float> in_type(const Numbers& x) {
  return x;
}
template <>
std::vector<Bf16Bits> in_type(const Numbers& x) {
  std::vector<Bf16Bits> out;
  for (const float& value : x) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    out.push_back({static_cast<std::uint16_t>(bits >> 16)});
  }
  return out;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// @param rounding  the relative rounding error of T
template <typename T>
void check_lstm_row(const LstmRowKernel<T>& kernel, std::int64_t H, int n, double rounding) {
  Random random(static_cast<unsigned>(100 * n + H));
  std::vector<std::vector<T>> sums;
  std::vector<const T*> pointers;
  for (int k = 0; k < n; ++k) sums.push_back(in_type<T>(random.numbers(4 * H, 2)));
  for (const auto& sum : sums) pointers.push_back(sum.data());
  const Numbers c = random.numbers(H), d_c_next = random.numbers(H);
  const auto d_h = in_type<T>(random.numbers(H));
  Numbers gates(4 * H), c_next(H), d_c(H);
  std::vector<T> h(H), d_sums(4 * H);
  kernel.forward(pointers.data(), n, c.data(), H, gates.data(), c_next.data(), h.data());
  kernel.backward(gates.data(), c.data(), c_next.data(), d_h.data(), d_c_next.data(), H,
                  d_sums.data(), d_c.data());
  const auto near = [&](double found, double expected, double relative, const char* what) {
    ASSERT_NEAR(found, expected, (2e-6 + relative) * (1 + std::abs(expected)))
        << what << ", H = " << H << ", sums: " << n;
  };
  for (std::int64_t j = 0; j < H; ++j) {
    const auto total = [&](std::int64_t gate) {
      double sum = 0;
      for (const auto& one : sums) sum += double{value_of(one[gate * H + j])};
      return sum;
    };
    const double i = sigmoid(total(0)), f = sigmoid(total(1)), g = std::tanh(total(2)),
                 o = sigmoid(total(3));
    const double next = f * double{c[j]} + i * g, tanh_c = std::tanh(next);
    near(c_next[j], next, 0, "c");
    near(value_of(h[j]), o * tanh_c, rounding, "h");
    const double d = value_of(d_h[j]);
    const double d_cell = double{d_c_next[j]} + d * o * (1 - tanh_c * tanh_c);
    near(value_of(d_sums[j]), d_cell * g * i * (1 - i), rounding, "gradient of i");
    near(value_of(d_sums[H + j]), d_cell * double{c[j]} * f * (1 - f), rounding, "gradient of f");
    near(value_of(d_sums[2 * H + j]), d_cell * i * (1 - g * g), rounding, "gradient of g");
    near(value_of(d_sums[3 * H + j]), d * tanh_c * o * (1 - o), rounding, "gradient of o");
    near(d_c[j], d_cell * f, 0, "gradient of c");
  }
}

TEST(LstmKernels, MatchTheEquationsForwardAndBackward) {
  for_each_version(lstm_kernels(), [](const LstmKernel& kernel) {
    for (const std::int64_t H : {1, 7, 16, 21, 64, 129}) {
      for (const int n : {1, 2, 3}) {
        check_lstm_row(kernel.fp32, H, n, 0);
        check_lstm_row(kernel.bf16, H, n, 1.0 / 256);
      }
    }
  });
}

}  // namespace
}  // namespace saccade::test
