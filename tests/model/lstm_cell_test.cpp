#include "saccade/model/decoder/lstm_cell.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "model/finite_differences.h"

namespace saccade::test {
namespace {

constexpr std::int64_t kRows = 37, kHidden = 21;  // not multiples of any vector width

struct LstmInputs {
  std::vector<at::Tensor> sums;
  at::Tensor c;

  std::vector<at::Tensor> all() const {
    std::vector<at::Tensor> tensors = sums;
    tensors.push_back(c);
    return tensors;
  }
};

LstmInputs lstm_inputs(std::size_t n, at::ScalarType type, double scale = 1) {
  torch::manual_seed(8);
  LstmInputs made;
  for (std::size_t k = 0; k < n; ++k) {
    made.sums.push_back((scale * torch::randn({kRows, 4 * kHidden})).to(type).requires_grad_());
  }
  const auto state = type == at::kDouble ? at::kDouble : at::kFloat;
  made.c = torch::randn({kRows, kHidden}).to(state).requires_grad_();
  return made;
}

/// The equations, in double.
LstmState by_the_equations(const LstmInputs& in) {
  at::Tensor sum = at::zeros({}, at::kDouble);
  for (const at::Tensor& x : in.sums) sum = sum + x.to(at::kDouble);
  const auto gates = sum.chunk(4, 1);
  const at::Tensor c =
      at::sigmoid(gates[1]) * in.c.to(at::kDouble) + at::sigmoid(gates[0]) * at::tanh(gates[2]);
  return {at::sigmoid(gates[3]) * at::tanh(c), c};
}

double largest_error(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

/// A scalar of both results, with a different weight for every value.
at::Tensor weighted_state(const LstmState& state) {
  const at::Tensor weight =
      at::linspace(-1, 1, kRows * kHidden, at::kDouble).view({kRows, kHidden});
  return (state.h.to(at::kDouble) * weight).sum() +
         (state.c.to(at::kDouble) * weight.flip(1)).sum();
}

struct LstmCase {
  const char* name;
  std::size_t sums;
  at::ScalarType type;
  double tolerance;
};

class LstmCells : public ::testing::TestWithParam<LstmCase> {};

TEST_P(LstmCells, MatchTheEquations) {
  const auto& [name, n, type, tolerance] = GetParam();
  const LstmInputs in = lstm_inputs(n, type, 3);
  const LstmState state = lstm_cell(in.sums, in.c), right = by_the_equations(in);
  EXPECT_EQ(state.h.scalar_type(), type);
  EXPECT_EQ(state.c.scalar_type(), in.c.scalar_type());
  EXPECT_LT(largest_error(state.h, right.h), tolerance);
  EXPECT_LT(largest_error(state.c, right.c), 1e-5);
  const torch::NoGradGuard no_gradient;
  EXPECT_TRUE(at::equal(lstm_cell(in.sums, in.c).h, state.h));
}

TEST_P(LstmCells, HaveTheGradientsOfTheEquations) {
  const auto& [name, n, type, tolerance] = GetParam();
  const LstmInputs in = lstm_inputs(n, type);
  const auto found = torch::autograd::grad({weighted_state(lstm_cell(in.sums, in.c))}, in.all());
  const auto right = torch::autograd::grad({weighted_state(by_the_equations(in))}, in.all());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].scalar_type(), in.all()[i].scalar_type());
    EXPECT_LT(largest_error(found[i], right[i]), tolerance) << "input " << i;
  }
}

TEST_P(LstmCells, HaveGradientsWhereOneResultIsUnused) {
  const auto& [name, n, type, tolerance] = GetParam();
  const LstmInputs in = lstm_inputs(n, type);
  const auto of_h = torch::autograd::grad({lstm_cell(in.sums, in.c).h.sum()}, in.all());
  const auto of_c = torch::autograd::grad({lstm_cell(in.sums, in.c).c.sum()}, in.all());
  const auto right_h = torch::autograd::grad({by_the_equations(in).h.sum()}, in.all());
  const auto right_c = torch::autograd::grad({by_the_equations(in).c.sum()}, in.all());
  for (std::size_t i = 0; i < of_h.size(); ++i) {
    EXPECT_LT(largest_error(of_h[i], right_h[i]), tolerance);
    EXPECT_LT(largest_error(of_c[i], right_c[i]), tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LstmCells,
                         ::testing::Values(LstmCase{"two", 2, at::kFloat, 2e-6},
                                           LstmCase{"three", 3, at::kFloat, 2e-6},
                                           LstmCase{"bf16", 3, at::kBFloat16, 8e-3},
                                           LstmCase{"double", 3, at::kDouble, 1e-12}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(LstmCell, StaysWithinItsBoundsAtAnySum) {
  for (const float extreme : {1e4f, -1e4f, std::numeric_limits<float>::infinity()}) {
    const at::Tensor sum = at::full({1, 4 * kHidden}, extreme), none = at::zeros_like(sum);
    const LstmState state = lstm_cell({sum, none}, at::full({1, kHidden}, 2.0f));
    EXPECT_TRUE(at::isfinite(state.h).all().item<bool>()) << extreme;
    EXPECT_LE(state.h.abs().max().item<float>(), 1) << extreme;
  }
}

TEST(LstmCell, PropagatesNan) {
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    at::Tensor sum = at::zeros({2, 4 * kHidden}, type);
    sum[1].fill_(std::numeric_limits<float>::quiet_NaN());
    const LstmState state = lstm_cell({sum, at::zeros_like(sum)}, at::zeros({2, kHidden}));
    EXPECT_TRUE(at::isfinite(state.h[0]).all().item<bool>());
    EXPECT_TRUE(at::isnan(state.h[1]).all().item<bool>());
    EXPECT_TRUE(at::isnan(state.c[1]).all().item<bool>());
  }
}

}  // namespace
}  // namespace saccade::test
