#include "saccade/model/decoder/decoder.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "model/finite_differences.h"
#include "model/small_decoder.h"

namespace saccade::test {
namespace {

/// Six captions of two images, of at most four words.
CaptionRows some_captions() {
  torch::manual_seed(5);
  return {torch::randint(0, 13, {6, 4}, at::kLong), {6, 6, 4, 2}, {0, 0, 0, 0, 1, 1}};
}

struct Variant {
  std::string name;
  DecoderConfig config;
  AttentionMode mode = AttentionMode::expected;
};

std::vector<Variant> variants() {
  std::vector<Variant> all;
  const auto add = [&](const std::string& name, auto change,
                       AttentionMode mode = AttentionMode::expected) {
    Variant variant{name, small_config(), mode};
    change(variant.config);
    all.push_back(variant);
  };
  add("Additive", [](DecoderConfig&) {});
  add("General", [](DecoderConfig& c) { c.score = Score::general; });
  add("Dot", [](DecoderConfig& c) { c.score = Score::dot, c.projection = c.hidden; });
  add("PerFeatureGate", [](DecoderConfig& c) { c.gate = Gate::per_feature; });
  add("NoGate", [](DecoderConfig& c) { c.gate = Gate::none; });
  add("MeanContext", [](DecoderConfig& c) { c.context = Context::mean; });
  add("OnceContext", [](DecoderConfig& c) { c.context = Context::once; });
  add("NoProjection", [](DecoderConfig& c) { c.projection = 0; });
  add("Untied", [](DecoderConfig& c) { c.tied = false; });
  add("OutputTanh", [](DecoderConfig& c) { c.output_tanh = true; });
  add(
      "HardArgmax", [](DecoderConfig& c) { c.kind = AttentionKind::hard; }, AttentionMode::argmax);
  return all;
}

class DecoderVariants : public ::testing::TestWithParam<Variant> {};

TEST_P(DecoderVariants, StepEqualsTheTeacherForcedPass) {
  const auto& [name, config, mode] = GetParam();
  const Decoder decoder = make_decoder(config);
  const Features features = make_features(2, config.features);
  CaptionRows captions = some_captions();
  captions.image = {1, 0, 0, 1, 0, 1};  // the captions of an image need not be adjacent
  UnrollOptions options;
  options.mode = mode;
  const Unrolled unrolled = decoder->unroll(features, captions, options);
  const at::Tensor logits = decoder->logits(unrolled.hidden);

  std::int64_t place = 0;
  for (std::size_t t = 0; t < captions.rows.size(); ++t) place += captions.rows[t];
  ASSERT_EQ(logits.size(0), place);
  for (std::int64_t row = 0; row < 6; ++row) {  // each caption by itself
    const Features own{features.values[captions.image[row]].unsqueeze(0), features.grid};
    State state = decoder->start(own);
    place = row;
    for (std::size_t t = 0; t < captions.rows.size() && row < captions.rows[t]; ++t) {
      const at::Tensor word = captions.words[row][static_cast<std::int64_t>(t)].view({1});
      const Step step = decoder->step(state, word, mode);
      EXPECT_TRUE(at::allclose(step.logits[0], logits[place], 1e-5, 1e-5));
      EXPECT_TRUE(at::allclose(step.alpha[0], unrolled.alphas[t][row], 1e-5, 1e-6));
      EXPECT_TRUE(at::allclose(step.gate[0], unrolled.gates[t][row], 1e-5, 1e-6));
      if (step.cell.defined()) {
        EXPECT_TRUE(at::equal(step.cell[0], unrolled.cells[t][row]));
      }
      state = step.next;
      place += captions.rows[t];
    }
  }
}

TEST_P(DecoderVariants, HasCorrectGradientsInEveryParameter) {
  const auto& [name, config, mode] = GetParam();
  const Decoder decoder = make_decoder(config, at::kDouble);
  Features features = make_features(2, config.features, {2, 3}, at::kDouble);
  features.values.requires_grad_();
  const CaptionRows captions = some_captions();
  torch::manual_seed(3);
  const at::Tensor weight = torch::randn({18, 13}, at::kDouble);
  UnrollOptions options;
  options.matrix_type = at::kDouble;
  options.mode = mode;
  const auto f = [&, mode = mode] {
    const Unrolled unrolled = decoder->unroll(features, captions, options);
    return (at::log_softmax(decoder->logits(unrolled.hidden), 1) * weight).sum();
  };
  expect_gradient(f, features.values, "features");
  for (auto& parameter : decoder->named_parameters()) {
    // A hard choice is not differentiable in the scores: REINFORCE estimates their gradient.
    const bool decides = parameter.key().rfind("attention.", 0) == 0;
    if (mode == AttentionMode::expected || !decides) {
      expect_gradient(f, parameter.value(), parameter.key());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, DecoderVariants, ::testing::ValuesIn(variants()),
                         [](const auto& info) { return info.param.name; });

TEST(Decoder, GradientOfTheWeightsSumsAnnotationsTimesTheContextsGradient) {
  // With C_i = α_i a_i: ∂L/∂α_i = Σ_D (a_i ∘ ∂L/∂C_i).
  torch::manual_seed(4);
  const at::Tensor a = torch::randn({6, 5}, at::kDouble);
  at::Tensor alpha = at::softmax(torch::randn({6}, at::kDouble), 0).requires_grad_();
  at::Tensor weighted = alpha.unsqueeze(1) * a;
  weighted.retain_grad();
  at::tanh(weighted.sum(0)).pow(2).sum().backward();
  EXPECT_TRUE(at::allclose(alpha.grad(), (a * weighted.grad()).sum(1)));
}

TEST(Decoder, HardContextIsTheChosenAnnotationTimesTheGate) {
  DecoderConfig config = small_config();
  config.projection = 0;
  const Decoder decoder = make_decoder(config);
  const Features features = make_features(2, config.features);
  const State state = decoder->start(features, 2);
  const at::Tensor words = at::full({4}, 1, at::kLong);
  const Step step = decoder->step(state, words, AttentionMode::argmax);
  EXPECT_TRUE(at::equal(step.cell, step.alpha.argmax(1)));
  // Compare with soft attention where every annotation is the chosen one.
  for (std::int64_t row = 0; row < 4; ++row) {
    State alone = decoder->start(features).select(at::full({1}, row / 2, at::kLong),
                                                  at::full({1}, row / 2, at::kLong));
    const at::Tensor cell = alone.annotations.values[0][step.cell[row].item<std::int64_t>()];
    alone.annotations.values = cell.expand_as(alone.annotations.values).contiguous();
    const Step soft = decoder->step(alone, at::full({1}, 1, at::kLong), AttentionMode::expected);
    EXPECT_TRUE(at::allclose(step.logits[row], soft.logits[0], 1e-4, 1e-5)) << "row " << row;
  }
}

TEST(Decoder, SamplesCellsInProportionToAlpha) {
  const Decoder decoder = make_decoder(small_config());
  const std::int64_t rows = 20000;
  const State state = decoder->start(make_features(1, 7, {1, 4}), rows);
  at::Generator generator = at::detail::createCPUGenerator(9);
  const Step step =
      decoder->step(state, at::full({rows}, 1, at::kLong), AttentionMode::sampled, generator);
  const at::Tensor share =
      at::bincount(step.cell, {}, 4).to(at::kFloat) / static_cast<double>(rows);
  const at::Tensor p = step.alpha[0];
  const at::Tensor error = at::sqrt(p * (1 - p) / static_cast<double>(rows));
  EXPECT_LT(((share - p).abs() / error).max().item<float>(), 4);
}

TEST(Decoder, MeanContextWeightsAllCellsEqually) {
  DecoderConfig config = small_config();
  config.context = Context::mean;
  const Decoder decoder = make_decoder(config);
  const Step step = decoder->step(decoder->start(make_features(2, 7)), at::full({2}, 1, at::kLong),
                                  AttentionMode::expected);
  EXPECT_TRUE(at::allclose(step.alpha, at::full({2, 10}, 0.1f)));
}

TEST(Decoder, OnceContextUsesTheImageOnlyAtTheStart) {
  DecoderConfig config = small_config();
  config.context = Context::once;
  const Decoder decoder = make_decoder(config);
  State state = decoder->start(make_features(2, 7));
  const at::Tensor words = at::full({2}, 1, at::kLong);
  EXPECT_FALSE(at::allclose(decoder->step(state, words, AttentionMode::expected).logits[0],
                            decoder->step(state, words, AttentionMode::expected).logits[1]));
  state.h.zero_();
  state.c.zero_();
  const Step step = decoder->step(state, words, AttentionMode::expected);
  EXPECT_TRUE(at::allclose(step.logits[0], step.logits[1]));
}

TEST(Decoder, RunsItsMatrixProductsInBfloat16) {
  const Decoder decoder = make_decoder(small_config());
  const Features features = make_features(2, 7);
  UnrollOptions options;
  const at::Tensor exact =
      decoder->logits(decoder->unroll(features, some_captions(), options).hidden);
  options.matrix_type = at::kBFloat16;
  const at::Tensor rounded =
      decoder->logits(decoder->unroll(features, some_captions(), options).hidden);
  EXPECT_EQ(rounded.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::allclose(rounded.to(at::kFloat), exact, 0.05, 0.1));
}

TEST(State, KeepsItsFirstRowsWithTheirImages) {
  const Decoder decoder = make_decoder(small_config());
  const Features features = make_features(2, 7);
  const State state = decoder->start(features, 3);
  const at::Tensor words = at::tensor({4, 5, 6, 7, 8, 9}, at::kLong);
  const Step all = decoder->step(state, words, AttentionMode::expected);
  const Step some = decoder->step(state.first(4), words.narrow(0, 0, 4), AttentionMode::expected);
  EXPECT_TRUE(at::allclose(some.logits, all.logits.narrow(0, 0, 4), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(some.alpha, all.alpha.narrow(0, 0, 4), 1e-5, 1e-6));
  EXPECT_EQ(state.first(6).image_of_row, state.image_of_row);
  EXPECT_THROW(state.first(4).select(at::tensor({0, 1}, at::kLong)), std::invalid_argument);
}

TEST(State, SelectsRowsAndImagesTogether) {
  const Decoder decoder = make_decoder(small_config());
  const State state = decoder->start(make_features(3, 7), 2);
  const State selected =
      state.select(at::tensor({5, 4, 0, 0}, at::kLong), at::tensor({2, 0}, at::kLong));
  EXPECT_TRUE(at::equal(selected.h[0], state.h[5]));
  EXPECT_TRUE(at::equal(selected.h[3], state.h[0]));
  EXPECT_TRUE(at::equal(selected.annotations.values[0], state.annotations.values[2]));
  EXPECT_TRUE(at::equal(selected.annotations.keys[1], state.annotations.keys[0]));
}

}  // namespace
}  // namespace saccade::test
