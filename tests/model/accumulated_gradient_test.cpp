#include "saccade/model/decoder/accumulated_gradient.h"

#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/decoder/attention.h"

namespace saccade::test {
namespace {

using torch::autograd::grad;

/// The images of the rows in three steps: equally many rows per image; any order; one image without
/// rows.
const std::vector<std::vector<std::int64_t>> kImageOfRow{
    {0, 0, 1, 1, 2, 2}, {2, 0, 1, 0, 2}, {2, 0, 2}};

using Operation =
    std::function<at::Tensor(const at::Tensor&, const AccumulatedOperand&, const ImageRowsPtr&)>;

struct Case {
  const char* name;
  Operation operation;
  std::vector<std::int64_t> operand, input;  ///< sizes; those of the input without the rows
  at::ScalarType type = at::kDouble;
};

std::vector<Case> cases() {
  const Operation weight = [](const at::Tensor& x, const AccumulatedOperand& w,
                              const ImageRowsPtr&) { return product(x, w); };
  const Operation scores = [](const at::Tensor& query, const AccumulatedOperand& keys,
                              const ImageRowsPtr& rows) {
    return additive_scores(keys, query,
                           at::linspace(-1, 1, 5, query.options().requires_grad(false)), rows);
  };
  const Operation chosen = [](const at::Tensor& x, const AccumulatedOperand& values,
                              const ImageRowsPtr& rows) {
    return x * chosen_cells(at::arange(x.size(0)) % 7, values, rows);
  };
  return {{"product", weight, {4, 5}, {5}},
          {"chosen_cells", chosen, {3, 7, 5}, {5}},
          {"weighted_sum", weighted_sum, {3, 7, 5}, {7}},
          {"inner_products", inner_products, {3, 7, 5}, {5}},
          {"additive_scores", scores, {3, 7, 5}, {5}},
          {"additive_scores_by_kernel", scores, {3, 7, 5}, {5}, at::kFloat}};
}

class AccumulatedOperands : public ::testing::TestWithParam<Case> {
 protected:
  AccumulatedOperands() {
    torch::manual_seed(5);
    const at::TensorOptions options = at::TensorOptions(GetParam().type).requires_grad(true);
    operand_ = torch::randn(GetParam().operand, options);
    for (const auto& image_of_row : kImageOfRow) {
      std::vector<std::int64_t> sizes = GetParam().input;
      sizes.insert(sizes.begin(), static_cast<std::int64_t>(image_of_row.size()));
      inputs_.push_back(torch::randn(sizes, options));
    }
  }

  /// A scalar that depends on every step's result.
  at::Tensor run(const AccumulatedOperand& operand) const {
    at::Tensor sum = at::zeros({}, operand_.options().requires_grad(false));
    for (std::size_t t = 0; t < kImageOfRow.size(); ++t) {
      const auto rows = c10::make_intrusive<ImageRows>(kImageOfRow[t], 3);
      sum = sum + at::tanh(GetParam().operation(inputs_[t], operand, rows)).pow(2).sum();
    }
    return sum;
  }

  std::vector<at::Tensor> all() const {
    std::vector<at::Tensor> tensors = inputs_;
    tensors.push_back(operand_);
    return tensors;
  }

  static void expect_close(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_TRUE(at::allclose(a[i], b[i], 1e-4, 1e-5)) << "tensor " << i;
    }
  }

  at::Tensor operand_;
  std::vector<at::Tensor> inputs_;
};

TEST_P(AccumulatedOperands, YieldTheSumOfTheStepsGradients) {
  const at::Tensor summed = run(operand_), gathered = run(AccumulatedOperand::gathered(operand_));
  EXPECT_TRUE(at::allclose(summed, gathered));
  expect_close(grad({summed}, all()), grad({gathered}, all()));
}

TEST_P(AccumulatedOperands, KeepNothingBetweenBackwardPasses) {
  const auto expected = grad({run(operand_)}, all());
  const at::Tensor value = run(AccumulatedOperand::gathered(operand_));
  grad({value}, {inputs_[1]}, {}, /*retain_graph=*/true);  // without the operand's gradient
  expect_close(grad({value}, all(), {}, /*retain_graph=*/true), expected);
  expect_close(grad({value}, all()), expected);
}

TEST_P(AccumulatedOperands, RecordNothingWithoutGradients) {
  EXPECT_FALSE(AccumulatedOperand::gathered(operand_.detach()).parts());
  const torch::NoGradGuard no_gradient;
  EXPECT_FALSE(AccumulatedOperand::gathered(operand_).parts());
  EXPECT_TRUE(at::allclose(run(AccumulatedOperand::gathered(operand_)), run(operand_)));
}

TEST_P(AccumulatedOperands, SupportGradientsOfTheInputsAlone) {
  const at::Tensor fixed = operand_.detach();
  expect_close(grad({run(AccumulatedOperand::gathered(fixed))}, inputs_),
               grad({run(fixed)}, inputs_));
}

INSTANTIATE_TEST_SUITE_P(All, AccumulatedOperands, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(AccumulatedOperand, GivesEveryRowItsOwnImage) {
  torch::manual_seed(6);
  const at::Tensor values = torch::randn({3, 7, 5}), alpha = torch::randn({5, 7});
  const auto rows = c10::make_intrusive<ImageRows>(kImageOfRow[1], 3);
  const at::Tensor sums = weighted_sum(alpha, values, rows);
  const at::Tensor products = inner_products(sums, values, rows);
  const at::Tensor chosen = chosen_cells(at::arange(1, 6), values, rows);
  for (std::size_t r = 0; r < kImageOfRow[1].size(); ++r) {
    const auto row = static_cast<std::int64_t>(r);
    const at::Tensor a = values[kImageOfRow[1][r]];
    EXPECT_TRUE(at::allclose(sums[row], at::matmul(alpha[row], a), 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(products[row], at::matmul(a, sums[row]), 1e-5, 1e-6));
    EXPECT_TRUE(at::equal(chosen[row], a[row + 1]));
  }
}

TEST(AccumulatedOperand, HasNoGradientWhereNoStepUsesIt) {
  const at::Tensor weight = torch::ones({2, 3}, at::requires_grad());
  const at::Tensor x = torch::ones({1, 3}, at::requires_grad());
  const AccumulatedOperand unused = AccumulatedOperand::gathered(weight);
  EXPECT_FALSE(grad({x.sum()}, {weight}, {}, false, false, /*allow_unused=*/true)[0].defined());
}

}  // namespace
}  // namespace saccade::test
