#include <set>

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>

#include "saccade/model/decoder/accumulated_gradient.h"
#include "saccade/model/decoder/linear.h"

namespace saccade::test {
namespace {

TEST(PadRows, AddsFewRowsAndGivesFewDistinctCounts) {
  std::set<std::int64_t> counts;
  for (std::int64_t rows = 1; rows <= 4096; ++rows) {
    const std::int64_t even = padded_row_count(rows);
    EXPECT_GE(even, rows);
    EXPECT_LE(even - rows, rows / 16);
    EXPECT_EQ(padded_row_count(even), even);
    counts.insert(even);
  }
  EXPECT_LE(counts.size(), 32U + 7 * 16);
}

TEST(PadRows, PadsBfloat16Only) {
  const at::Tensor x = torch::randn({37, 5}).to(at::kBFloat16);
  const at::Tensor even = pad_rows(x);
  ASSERT_EQ(even.size(0), 38);
  EXPECT_TRUE(at::equal(even.narrow(0, 0, 37), x));
  EXPECT_EQ(even[37].abs().sum().item<float>(), 0);
  EXPECT_EQ(pad_rows(x.to(at::kFloat)).size(0), 37);
  EXPECT_EQ(pad_rows(x.narrow(0, 0, 36)).size(0), 36);
}

/// Uses numbers that bfloat16 represents exactly.
TEST(PadRows, ChangesNoProductAndNoGradient) {
  torch::manual_seed(9);
  const auto small = [](at::IntArrayRef sizes) {
    return torch::randint(-2, 3, sizes, at::kBFloat16).requires_grad_();
  };
  const at::Tensor x = small({37, 8});
  Linear affine(8, 6);
  {
    torch::NoGradGuard no_gradient;
    affine->weight.copy_(small({6, 8}));
    affine->bias.copy_(small({6}));
  }
  const at::Tensor weight = small({4, 6});
  const at::Tensor scale = small({37, 4}).detach();
  const auto run = [&](const at::Tensor& in) {
    const at::Tensor y = affine->forward(in);
    return (product(y, AccumulatedOperand::gathered(weight.to(in.scalar_type()))) *
            scale.to(in.scalar_type()))
        .to(at::kFloat)
        .sum();
  };
  const std::vector<at::Tensor> all{x, affine->weight, affine->bias, weight};
  const at::Tensor exact = run(x.to(at::kFloat)), padded = run(x);
  EXPECT_EQ(exact.item<float>(), padded.item<float>());
  const auto right = torch::autograd::grad({exact}, all),
             found = torch::autograd::grad({padded}, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(at::allclose(found[i].to(at::kFloat), right[i].to(at::kFloat), 0.01, 0.1)) << i;
  }
}

}  // namespace
}  // namespace saccade::test
