#include "saccade/training/loss_terms.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/finite_differences.h"

namespace saccade::test {
namespace {

TEST(CrossEntropy, IsTheMeanNegativeLogProbability) {
  const at::Tensor logits =
      at::log(at::tensor({0.7f, 0.2f, 0.1f, 0.25f, 0.25f, 0.5f}).view({2, 3}));
  const at::Tensor targets = at::tensor({0, 2}, at::kLong);
  EXPECT_NEAR(cross_entropy(logits, targets, 0).item<double>(),
              -(std::log(0.7) + std::log(0.5)) / 2, 1e-6);
}

TEST(CrossEntropy, SpreadsTheSmoothedShareOverAllWords) {
  const at::Tensor logits = at::log(at::tensor({0.7f, 0.2f, 0.1f}).view({1, 3}));
  const double even = -(std::log(0.7) + std::log(0.2) + std::log(0.1)) / 3;
  EXPECT_NEAR(cross_entropy(logits, at::tensor({0}, at::kLong), 0.3).item<double>(),
              -0.7 * std::log(0.7) + 0.3 * even, 1e-6);
}

/// Two captions over two cells, with 3 words and 1 word.
struct Captions {
  at::Tensor alphas =
      at::tensor({0.5, 0.5, 1.0, 0.0, 0.25, 0.75, 0.0, 1.0}, at::kDouble).view({4, 2});
  at::Tensor row = at::tensor({0, 1, 0, 0}, at::kLong);
  at::Tensor lengths = at::tensor({3, 1}, at::kLong);
};

TEST(Coverage, HasATargetOfOnePerCellAsInThePaper) {
  const Captions c;
  // Σα: caption 0 (0.75, 2.25), caption 1 (1, 0)
  const double first = (0.25 * 0.25 + 1.25 * 1.25) / 3, second = (0.0 + 1.0) / 1;
  EXPECT_NEAR(coverage(c.alphas, c.row, c.lengths, "one").item<double>(), (first + second) / 2,
              1e-12);
}

TEST(Coverage, HasATargetOfTheCellsShare) {
  const Captions c;
  const double first = (0.75 * 0.75 + 0.75 * 0.75) / 3, second = (0.25 + 0.25) / 1;
  EXPECT_NEAR(coverage(c.alphas, c.row, c.lengths, "share").item<double>(), (first + second) / 2,
              1e-12);
}

TEST(Coverage, IsZeroForMapsThatCoverAllCellsEqually) {
  const at::Tensor alphas = at::eye(4, at::kDouble);
  EXPECT_NEAR(coverage(alphas, at::zeros({4}, at::kLong), at::tensor({4}, at::kLong), "share")
                  .item<double>(),
              0, 1e-12);
}

TEST(Coverage, HasCorrectGradients) {
  Captions c;
  c.alphas.requires_grad_();
  for (const char* target : {"one", "share"}) {
    expect_gradient([&] { return coverage(c.alphas, c.row, c.lengths, target); }, c.alphas, target);
  }
}

TEST(PermittedLogP, SplitsLogP) {
  const at::Tensor logits =
      at::log(at::tensor({0.4f, 0.3f, 0.2f, 0.1f, 0.1f, 0.1f, 0.1f, 0.7f}).view({2, 4}));
  const at::Tensor targets = at::tensor({0, 3}, at::kLong);
  const PermittedLogP log_p = permitted_log_p(logits, targets, at::tensor({1, 2}, at::kLong));
  EXPECT_TRUE(at::allclose(log_p.among.exp(), at::tensor({0.8f, 0.875f})));
  EXPECT_TRUE(at::allclose(log_p.mass.exp(), at::tensor({0.5f, 0.8f})));
}

TEST(PolicyGradient, WeightsEveryWordByTheAdvantageOfItsCaption) {
  const at::Tensor log_p = at::tensor({-1.0, -2.0, -3.0});
  const at::Tensor row = at::tensor({0, 1, 0}, at::kLong);
  const at::Tensor advantage = at::tensor({0.5, -2.0});
  EXPECT_NEAR(policy_gradient(log_p, row, advantage).item<double>(), -(-0.5 + 4.0 - 1.5) / 3, 1e-6);
}

TEST(PresenceLoss, TakesTheStepThatNamesAThingMostProbably) {
  const at::Tensor logits =
      at::log(at::tensor({0.4, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.7, 0.0, 0.5, 0.5, 0.0}, at::kDouble)
                  .view({3, 4}) +
              1e-12);
  const double found =
      presence_loss(logits, {{{0, 1}, {0, 1}}, {{0, 1}, {3}}, {{2}, {1, 2}}}).item<double>();
  EXPECT_NEAR(found, -(std::log(0.7) + std::log(0.7) + std::log(1.0)) / 3, 1e-9);
}

TEST(PresenceLoss, HasCorrectGradients) {
  at::Tensor logits = at::linspace(-2, 2, 20, at::kDouble).mul(7).sin().view({4, 5}).clone();
  logits.requires_grad_();
  expect_gradient(
      [&] {
        return presence_loss(logits, {{{0, 2}, {1}}, {{0, 2}, {2, 4}}, {{1, 3}, {0, 3}}});
      },
      logits, "logits");
}

}  // namespace
}  // namespace saccade::test
