#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/decoder/accumulated_gradient.h"
#include "saccade/model/decoder/linear.h"
#include "saccade/model/device.h"
#include "saccade/model/instruction_set.h"

namespace saccade::test {
namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

TEST(InstructionSets, InUseAreSupportedByTheCpu) {
  EXPECT_LE(instruction_set(), cpu_instruction_set());
}

TEST(ProductType, IsFloatForBfloat16WithoutCpuSupport) {
  const bool native = instruction_set() == InstructionSet::avx512_bf16;
  EXPECT_EQ(product_type(at::kBFloat16, at::kCPU), native ? at::kBFloat16 : at::kFloat);
  EXPECT_EQ(product_type(at::kBFloat16, at::kCUDA), at::kBFloat16);
  for (const auto type : {at::kFloat, at::kDouble}) {
    EXPECT_EQ(product_type(type, at::kCPU), type);
  }
}

/// In either type, the result is the exact product of the bfloat16 inputs, rounded once.
TEST(ProductType, DoesNotAffectBfloat16Results) {
  torch::manual_seed(5);
  torch::NoGradGuard no_gradient;
  const at::Tensor x = torch::randn({37, 24}).to(at::kBFloat16);
  const at::Tensor weight = torch::randn({16, 24}).to(at::kBFloat16);
  const at::Tensor exact = x.to(at::kDouble).matmul(weight.to(at::kDouble).t());
  const double tolerance = exact.abs().max().item<double>() / 256;

  const at::Tensor by_operand = product(x, weight);
  EXPECT_EQ(by_operand.scalar_type(), at::kBFloat16);
  EXPECT_LT(largest_difference(by_operand, exact), tolerance);

  Linear affine(24, 16, false);
  affine->weight.copy_(weight);
  const at::Tensor by_affine = affine->forward(x);
  EXPECT_EQ(by_affine.scalar_type(), at::kBFloat16);
  EXPECT_LT(largest_difference(by_affine, exact), tolerance);
}

TEST(ProductType, DoesNotAffectBfloat16Gradients) {
  torch::manual_seed(6);
  const at::Tensor x = torch::randn({37, 24}).to(at::kBFloat16).requires_grad_();
  const at::Tensor weight = torch::randn({16, 24}).to(at::kBFloat16).requires_grad_();
  const at::Tensor d = torch::randn({37, 16}).to(at::kBFloat16);
  product(x, AccumulatedOperand::gathered(weight)).backward(d);
  const auto check = [](const at::Tensor& found, const at::Tensor& exact) {
    ASSERT_EQ(found.scalar_type(), at::kBFloat16);
    EXPECT_LT(largest_difference(found, exact), exact.abs().max().item<double>() / 256);
  };
  const at::Tensor exact_d = d.to(at::kDouble);
  check(x.grad(), exact_d.matmul(weight.detach().to(at::kDouble)));
  check(weight.grad(), exact_d.t().matmul(x.detach().to(at::kDouble)));
}

}  // namespace
}  // namespace saccade::test
