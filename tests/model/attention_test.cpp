#include "saccade/model/decoder/attention.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>

#include "model/finite_differences.h"
#include "model/small_decoder.h"

namespace saccade::test {
namespace {

at::Tensor scores_by_the_book(const at::Tensor& keys, const at::Tensor& query,
                              const at::Tensor& v) {
  const std::int64_t B = keys.size(0), R = query.size(0);
  const at::Tensor sums = keys.unsqueeze(1) + query.view({B, R / B, 1, -1});
  return at::matmul(at::tanh(sums), v).view({R, -1});
}

at::Tensor scores(const at::Tensor& keys, const at::Tensor& query, const at::Tensor& v) {
  return additive_scores(exp_twice(keys), query, v, ImageRows::even(keys.size(0), query.size(0)));
}

TEST(AdditiveScores, EqualTheEquationForward) {
  torch::manual_seed(1);
  for (const std::int64_t A : {1, 3, 16, 37, 256}) {
    const at::Tensor keys = torch::randn({3, 11, A}) * 2, query = torch::randn({6, A}) * 2;
    const at::Tensor v = torch::randn({A});
    const at::Tensor expected =
        scores_by_the_book(keys.to(at::kDouble), query.to(at::kDouble), v.to(at::kDouble));
    const double error = (scores(keys, query, v) - expected).abs().max().item<double>();
    EXPECT_LT(error, 2e-6 * static_cast<double>(A) + 1e-6) << "A = " << A;
  }
}

TEST(AdditiveScores, HaveTheGradientsOfTheEquation) {
  torch::manual_seed(2);
  std::vector<at::Tensor> inputs{torch::randn({2, 9, 20}), torch::randn({6, 20}),
                                 torch::randn({20})};
  for (at::Tensor& x : inputs) x.requires_grad_();
  const at::Tensor weight = torch::randn({6, 9});
  const auto fused =
      torch::autograd::grad({(scores(inputs[0], inputs[1], inputs[2]) * weight).sum()}, inputs);
  const auto composed = torch::autograd::grad(
      {(scores_by_the_book(inputs[0], inputs[1], inputs[2]) * weight).sum()}, inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(at::allclose(fused[i], composed[i], 1e-4, 1e-5)) << "input " << i;
  }
}

TEST(AdditiveScores, SaturateWithoutOverflow) {
  const at::Tensor keys = at::full({1, 2, 4}, 1000.0f), query = at::full({1, 4}, 1000.0f);
  EXPECT_TRUE(at::allclose(scores(keys, query, at::ones({4})), at::full({1, 2}, 4.0f)));
  EXPECT_TRUE(at::allclose(scores(-keys, -query, at::ones({4})), at::full({1, 2}, -4.0f)));
}

class AttentionScores : public ::testing::TestWithParam<Score> {
 protected:
  DecoderConfig config() const {
    DecoderConfig config = small_config();
    config.score = GetParam();
    if (config.score == Score::dot) config.projection = config.hidden;
    return config;
  }
};

TEST_P(AttentionScores, GiveMapsThatSumToOne) {
  const Decoder decoder = make_decoder(config());
  const Features features = make_features(3, 7);
  const State state = decoder->start(features, 2);
  const Step step = decoder->step(state, at::full({6}, 1, at::kLong), AttentionMode::expected);
  EXPECT_EQ(step.alpha.sizes(), (std::vector<std::int64_t>{6, 10}));
  EXPECT_GE(step.alpha.min().item<float>(), 0);
  EXPECT_TRUE(at::allclose(step.alpha.sum(1), at::ones({6})));
}

/// A score like w·(tanh(W a) + tanh(U h)) would fail: the state cancels in the softmax, and every
/// word gets the same map.
TEST_P(AttentionScores, ChangeWithTheHiddenState) {
  const Decoder decoder = make_decoder(config());
  State state = decoder->start(make_features(1, 7));
  const at::Tensor word = at::full({1}, 1, at::kLong);
  const at::Tensor before = decoder->step(state, word, AttentionMode::expected).alpha;
  state.h = -state.h;
  const at::Tensor after = decoder->step(state, word, AttentionMode::expected).alpha;
  EXPECT_GT((before - after).abs().max().item<float>(), 1e-2);
}

TEST_P(AttentionScores, HaveCorrectGradients) {
  const DecoderConfig sizes = config();
  const Decoder decoder = make_decoder(sizes, at::kDouble);
  Attention attention = decoder->attention;
  at::Tensor values = torch::randn({2, 5, sizes.annotation_size()}, at::kDouble).requires_grad_();
  at::Tensor h = torch::randn({4, sizes.hidden}, at::kDouble).requires_grad_();
  const at::Tensor weight = torch::randn({4, 5}, at::kDouble);
  const auto f = [&] {
    const at::Tensor query = attention->hidden ? attention->hidden->weight : at::Tensor();
    const at::Tensor alpha =
        attention->forward(attention->keys(values), h, query, ImageRows::even(2, 4));
    return (alpha * weight).sum();
  };
  expect_gradient(f, values, "annotations");
  expect_gradient(f, h, "hidden state");
  for (auto& parameter : attention->named_parameters()) {
    expect_gradient(f, parameter.value(), parameter.key());
  }
}

INSTANTIATE_TEST_SUITE_P(All, AttentionScores,
                         ::testing::Values(Score::additive, Score::dot, Score::general),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(Attention, RefusesADotScoreOfUnequalSizes) {
  DecoderConfig config = small_config();
  config.score = Score::dot;
  EXPECT_THROW(Attention{config}, std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
