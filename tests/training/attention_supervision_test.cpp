#include "saccade/training/attention_supervision.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/training/objective.h"

#include "model/finite_differences.h"
#include "model/small_decoder.h"
#include "training/flat_gradient.h"
#include "training/tiny_run.h"

namespace saccade::test {
namespace {

const Box kLeft{0, 0, 0.5, 1}, kRight{0.5, 0, 1, 1};

SupervisedCaptions shared(std::vector<SupervisedCaption> captions) {
  return std::make_shared<const std::vector<SupervisedCaption>>(std::move(captions));
}

TEST(SupervisedWords, AreTheHeadsOfPhrasesByDefault) {
  const std::vector<TokenPhrase> phrases{{0, 3, "", "", {kLeft}}, {4, 5, "", "", {}}};
  const auto heads = supervised_words(phrases, 0, 24);
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_EQ(heads[0].position, 2);
  EXPECT_EQ(heads[0].weight, 1);
  const auto all = supervised_words(phrases, 0.25, 24);
  ASSERT_EQ(all.size(), 3U) << "the phrase without a box is not supervised";
  EXPECT_EQ(all[0].weight, 0.25);
  EXPECT_EQ(all[2].weight, 1);
  EXPECT_EQ(supervised_words(phrases, 0.25, 2).size(), 2U) << "truncated with the caption";
}

TEST(SupervisedWords, HaveTheBoxesOfAllTheirPhrases) {
  const auto words = supervised_words({{0, 2, "", "", {kLeft}}, {1, 3, "", "", {kRight}}}, 0.5, 24);
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[1].boxes.size(), 2U);
  EXPECT_EQ(words[1].weight, 1);
}

TEST(AttentionTargets, AreIndexedInTimeMajorOrder) {
  // Captions of 2, 4 and 3 words in the given order; sorted by length they are 1, 2, 0.
  const WordBatch words = make_word_batch({{{5, 2}, {5, 6, 7, 2}}, {{5, 6, 2}}});
  const auto targets = attention_targets(
      words, {{{1, 1, {kLeft}}}, {{3, 0.5, {kRight}}, {9, 1, {kLeft}}}, {{2, 1, {kLeft, kRight}}}},
      {1, 4});
  // The steps have 3, 3, 2 and 1 rows: caption 1 is row 0, 2 is row 1, 0 is row 2.
  EXPECT_TRUE(at::equal(targets.positions, at::tensor({8, 7, 5}, at::kLong))) << targets.positions;
  EXPECT_TRUE(at::equal(targets.weights, at::tensor({0.5f, 1.0f, 1.0f})));
  const at::Tensor shares =
      at::tensor({0.f, 0.f, .5f, .5f, .25f, .25f, .25f, .25f, .5f, .5f, 0.f, 0.f}).view({3, 4});
  EXPECT_TRUE(at::allclose(targets.shares, shares));
  EXPECT_TRUE(at::equal(targets.inside, (shares > 0).to(at::kFloat)));
}

TEST(AttentionTargets, WeightBoxesByScoreButIgnoreScoresForPeaks) {
  const WordBatch words = make_word_batch({{{5, 2}}});
  const auto targets =
      attention_targets(words, {{{0, 1, {{0, 0, 0.5, 1, 0.25}, {0.5, 0, 0.75, 1, 0.75}}}}}, {1, 4});
  EXPECT_TRUE(at::allclose(targets.shares, at::tensor({0.2f, 0.2f, 0.6f, 0.0f}).view({1, 4})));
  EXPECT_TRUE(at::equal(targets.inside, at::tensor({1.f, 1.f, 1.f, 0.f}).view({1, 4})));
}

TEST(AttentionCrossEntropy, IsTheWeightedMeanOverTheWords) {
  const at::Tensor alphas = at::tensor({0.5, 0.25, 0.25, 0.1, 0.2, 0.7}, at::kDouble).view({2, 3});
  const at::Tensor shares = at::tensor({0.5, 0.5, 0.0, 0.0, 0.0, 1.0}, at::kDouble).view({2, 3});
  const at::Tensor weights = at::tensor({1.0, 0.5}, at::kDouble);
  const double first = -0.5 * std::log(0.5) - 0.5 * std::log(0.25), second = -std::log(0.7);
  EXPECT_NEAR(attention_cross_entropy(alphas, shares, weights).item<double>(),
              (first + 0.5 * second) / 1.5, 1e-12);
}

TEST(AttentionCrossEntropy, HasCorrectGradientsThroughTheSoftmax) {
  torch::manual_seed(5);
  at::Tensor scores = torch::randn({3, 4}, at::kDouble).requires_grad_();
  const at::Tensor shares = at::softmax(torch::randn({3, 4}, at::kDouble), 1);
  const at::Tensor weights = at::tensor({1.0, 0.5, 0.25}, at::kDouble);
  expect_gradient([&] { return attention_cross_entropy(at::softmax(scores, 1), shares, weights); },
                  scores, "scores");
  // Analytically: ∂/∂e = w (α − q) / Σw.
  const at::Tensor expected =
      weights.unsqueeze(1) * (at::softmax(scores, 1) - shares) / weights.sum();
  const at::Tensor found = torch::autograd::grad(
      {attention_cross_entropy(at::softmax(scores, 1), shares, weights)}, {scores})[0];
  EXPECT_TRUE(at::allclose(found, expected, 1e-9, 1e-12));
}

TEST(PeakInBox, CountsWordsByTheirWeights) {
  const at::Tensor alphas = at::tensor({0.5f, 0.3f, 0.2f, 0.1f, 0.2f, 0.7f}).view({2, 3});
  const at::Tensor inside = at::tensor({1.f, 0.f, 0.f, 1.f, 1.f, 0.f}).view({2, 3});
  EXPECT_NEAR(peak_in_box(alphas, inside, at::tensor({1.0f, 0.25f})), 0.8, 1e-6);
}

/// Both objectives over a small decoder, with and without supervision.
class SupervisedObjective : public ::testing::TestWithParam<const char*> {
 protected:
  SupervisedObjective() {
    DecoderConfig small = small_config();
    small.vocabulary = vocabulary_.size();
    if (std::string(GetParam()) == "hard") small.kind = AttentionKind::hard;
    decoder_ = make_decoder(small);
    features_ = make_features(2, small.features);
    config_.dropout = 0;
    config_.max_words = 4;
    if (std::string(GetParam()) == "self_critical") config_.objective = GetParam();
    train_.images.push_back({"a", "", {"dog runs"}});
    train_.images.push_back({"b", "", {"men dog"}});
    static_cast<WordBatch&>(batch_) = make_word_batch({{{4, 6, 2}}, {{5, 4, 2}}});
    batch_.image_indices = {0, 1};
    batch_.supervised = shared({{{0, 1, {kLeft}}}, {{1, 1, {kRight}}}});
  }
  BatchLoss loss(double weight) {
    config_.attention_supervision.weight = weight;
    return (*make_objective({config_, decoder_, &vocabulary_, &train_, at::kFloat}))(features_,
                                                                                     batch_, 0, 3);
  }

  Vocabulary vocabulary_{{"dog", "men", "runs"}};
  Decoder decoder_{nullptr};
  Features features_;
  Dataset train_;
  TrainingConfig config_;
  TrainingBatch batch_;
};

TEST_P(SupervisedObjective, AddsTheTermOfTheReferenceCaptions) {
  const BatchLoss with = loss(0.5);
  ASSERT_TRUE(with.supervised.loss.defined());
  EXPECT_EQ(with.supervised.items, 2);
  // α of the same captions, step by step.
  double expected = 0;
  const AttentionMode mode = default_attention_mode(decoder_->config().kind);
  if (mode != AttentionMode::expected) return;  // there the cells are sampled
  for (std::int64_t image = 0; image < 2; ++image) {
    Step step =
        decoder_->step(decoder_->start({features_.values.narrow(0, image, 1), features_.grid}),
                       at::tensor({Vocabulary::kStart}, at::kLong), mode);
    if (image == 1) step = decoder_->step(step.next, at::tensor({5}, at::kLong), mode);
    const at::Tensor alpha = step.alpha.view({2, 5});
    // Each box covers half of the third column.
    const at::Tensor share =
        image == 0 ? at::tensor({.2f, .2f, .1f, .0f, .0f}) : at::tensor({.0f, .0f, .1f, .2f, .2f});
    expected -= (share * alpha.log()).sum().item<double>() / 2;
  }
  EXPECT_NEAR(with.supervised.parts["attention_supervision"], expected, 1e-4);
  EXPECT_NEAR(with.supervised.loss.item<double>(), 0.5 * expected, 1e-4);
}

TEST_P(SupervisedObjective, KeepsTheOtherTermsUnchanged) {
  EXPECT_EQ(loss(0).loss.item<double>(), loss(0.5).loss.item<double>());
}

TEST_P(SupervisedObjective, ChangesAttentionAndNotTheGate) {
  const at::Tensor term = loss(0.5).supervised.loss;
  EXPECT_GT(flat_gradient(term, decoder_->attention->parameters()).norm().item<double>(), 0);
  // β of the first word affects only α of the second word, through the state.
  batch_.supervised = shared({{{0, 1, {kLeft}}}, {{0, 1, {kRight}}}});
  EXPECT_EQ(
      flat_gradient(loss(0.5).supervised.loss, decoder_->gate->parameters()).norm().item<double>(),
      0);
}

INSTANTIATE_TEST_SUITE_P(All, SupervisedObjective,
                         ::testing::Values("soft", "hard", "self_critical"));

/// "wall" is the left half of one image, "door" its right half.
DatasetPhrases wall_and_door() {
  const std::vector<TokenPhrase> warm{{1, 3, "", "", {kLeft}}, {4, 7, "", "", {kRight}}};
  DatasetPhrases phrases;
  phrases.of = {{warm, warm}, {{}, {}}};
  return phrases;
}

TEST(SupervisedTraining, ImprovesPointingWithoutHurtingTheCaptions) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto share_on_its_side = [&](const char* name, bool supervised) {
    TrainingRun run = tiny_run(dataset, folder / name);
    if (supervised) run.phrases = wall_and_door();
    run.config.attention_supervision.weight = 5;
    EXPECT_EQ(train(run, {}), TrainingEnd::finished);
    const Captioner captioner = Captioner::load(folder / name / "best");
    const Caption caption = caption_dataset(captioner, dataset, {}, 2).front();
    EXPECT_EQ(caption.text, "a red wall beside a yellow door");
    double share = 0;
    for (std::int64_t cell = 0; cell < caption.grid.cells(); ++cell) {
      const bool left = cell % caption.grid.cols < caption.grid.cols / 2;
      share += caption.words[left ? 2 : 6].attention[std::size_t(cell)] / 2;
    }
    return share;
  };
  const double free = share_on_its_side("free", false);
  EXPECT_GT(share_on_its_side("supervised", true), free + 0.1);
  const auto log = losses(folder / "supervised", "loss");
  EXPECT_FALSE(log.empty());
  EXPECT_NE(read_file(folder / "supervised" / "train.jsonl").find("\"peak_in_box\":"),
            std::string::npos);
  EXPECT_EQ(read_file(folder / "free" / "train.jsonl").find("\"peak_in_box\":"), std::string::npos);
}

TEST(SupervisedTraining, RefusesADecoderWithoutAttention) {
  const TemporaryFolder folder;
  TrainingRun run = tiny_run(tiny_dataset(folder), folder / "run");
  run.model.decoder.context = Context::mean;
  run.phrases = wall_and_door();
  EXPECT_THROW(train(run, {}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
