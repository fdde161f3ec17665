#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/types.h>

#include "saccade/evaluate/validation.h"
#include "saccade/training/objective.h"
#include "saccade/training/training_vocabulary.h"

#include "model/small_decoder.h"
#include "training/tiny_run.h"

namespace saccade::test {
namespace {

using Ids = std::vector<std::int64_t>;

/// One image with a caption and two with labels.
class LabelObjective : public ::testing::Test {
 protected:
  LabelObjective() {
    config_.dropout = 0;
    config_.max_words = 5;
    static_cast<WordBatch&>(batch_) = make_word_batch({{{4, 6, 2}}});
    batch_.image_indices = {0, 1, 2};
    batch_.labelled = {{{5, 7}, {{8, 9}, {5}}}, {{6}, {{12}}}};
  }
  BatchLoss loss() {
    return (*make_objective({config_, decoder_, &vocabulary_, &train_, at::kFloat}))(
        features_, batch_, 0.5, 3);
  }
  /// log p of the next word after each prefix of the words of an image: step by step.
  std::vector<at::Tensor> log_p(std::int64_t image, const Ids& words) const {
    std::vector<at::Tensor> all;
    State state = decoder_->start({features_.values.narrow(0, image, 1), features_.grid});
    std::int64_t before = Vocabulary::kStart;
    for (const std::int64_t word : words) {
      const Step step =
          decoder_->step(state, at::tensor({before}, at::kLong), AttentionMode::expected);
      all.push_back(at::log_softmax(step.logits[0], 0));
      state = step.next;
      before = word;
    }
    return all;
  }
  /// The words that the model chooses greedily, at least one.
  Ids greedy(std::int64_t image) const {
    Ids words;
    while (static_cast<std::int64_t>(words.size()) < config_.max_words) {
      Ids next = words;
      next.push_back(Vocabulary::kPad);
      at::Tensor p = log_p(image, next).back().detach().clone();
      for (const std::int64_t banned :
           {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
        p[banned] = -1e9;
      }
      if (words.empty()) p[Vocabulary::kEnd] = -1e9;
      const auto best = p.argmax().item<std::int64_t>();
      if (best == Vocabulary::kEnd) break;
      words.push_back(best);
    }
    return words;
  }
  double presence(std::int64_t image, const Ids& names) const {
    double most = 0;
    for (const at::Tensor& step : log_p(image, greedy(image))) {
      double p = 0;
      for (const std::int64_t name : names) p += std::exp(step[name].item<double>());
      most = std::max(most, p);
    }
    return -std::log(most);
  }

  Decoder decoder_ = make_decoder(small_config());
  Features features_ = make_features(3, small_config().features);
  Vocabulary vocabulary_{{"b", "c", "d", "e", "f", "g", "h", "i", "j"}};
  Dataset train_;
  TrainingConfig config_;
  TrainingBatch batch_;
};

TEST_F(LabelObjective, TeachesTheWordsOfAPhraseButNotItsEnd) {
  const BatchLoss with = loss();
  EXPECT_EQ(with.phrases.items, 3) << "two words and one word, no end word";
  const auto first = log_p(1, {5, 7}), second = log_p(2, {6});
  const at::Tensor expected = -(first[0][5] + first[1][7] + second[0][6]) / 3;
  EXPECT_NEAR(with.phrases.loss.item<double>(), expected.item<double>(), 1e-4);
  EXPECT_NEAR(with.phrases.parts["label_phrases"], expected.item<double>(), 1e-4);
  EXPECT_FALSE(with.labels.loss.defined()) << "its weight is 0";
}

TEST_F(LabelObjective, SeeksTheLabelsInTheModelsOwnCaption) {
  config_.labels.phrases = false;
  for (LabelTargets& targets : batch_.labelled) targets.phrase.clear();
  config_.labels.presence_weight = 2;
  const BatchLoss with = loss();
  EXPECT_FALSE(with.phrases.loss.defined());
  ASSERT_EQ(with.labels.items, 3);
  const double expected = (presence(1, {8, 9}) + presence(1, {5}) + presence(2, {12})) / 3;
  EXPECT_NEAR(with.labels.parts["label_presence"], expected, 1e-4);
  EXPECT_NEAR(with.labels.loss.item<double>(), 2 * expected, 1e-4);
}

TEST_F(LabelObjective, KeepsTheLossOfTheCaptions) {
  config_.labels.presence_weight = 1;
  const BatchLoss with = loss();
  batch_.labelled.clear();
  batch_.image_indices = {0};
  features_.values = features_.values.narrow(0, 0, 1);
  const BatchLoss without = loss();
  EXPECT_EQ(with.loss.item<double>(), without.loss.item<double>());
  EXPECT_EQ(with.loss_of_captions.item<double>(), without.loss_of_captions.item<double>());
  EXPECT_EQ(with.words, without.words);
}

TEST_F(LabelObjective, NeedsNoCaptionInABatchAndNoPhraseForEveryImage) {
  static_cast<WordBatch&>(batch_) = {};
  batch_.image_indices = {1, 2};
  features_.values = features_.values.narrow(0, 1, 2);
  batch_.labelled[1].phrase.clear();
  const BatchLoss only = loss();
  EXPECT_FALSE(only.loss.defined());
  EXPECT_EQ(only.words, 0);
  EXPECT_EQ(only.phrases.items, 2);
  batch_.labelled[0].phrase.clear();
  const BatchLoss none = loss();
  EXPECT_FALSE(none.phrases.loss.defined());
  EXPECT_FALSE(none.labels.loss.defined());
}

TEST_F(LabelObjective, ReachesTheEncoderOfTheLabelledImages) {
  config_.labels.presence_weight = 1;
  features_.values.requires_grad_();
  const BatchLoss with = loss();
  for (const at::Tensor& term : {with.phrases.loss, with.labels.loss}) {
    const at::Tensor gradient =
        torch::autograd::grad({term}, {features_.values}, {}, /*retain_graph=*/true)[0];
    EXPECT_EQ(gradient[0].norm().item<double>(), 0);
    EXPECT_GT(gradient[1].norm().item<double>(), 0);
    EXPECT_GT(gradient[2].norm().item<double>(), 0);
  }
}

TEST_F(LabelObjective, JoinsSelfCriticalTraining) {
  config_.objective = "self_critical";
  config_.labels.presence_weight = 1;
  train_.images = {{"a", "", {"b c d"}}, {}, {}};
  train_.images[1].labels = train_.images[2].labels = {{"e", 0}};
  const BatchLoss with = loss();
  EXPECT_TRUE(with.loss.defined());
  EXPECT_EQ(with.captions, 5) << "the candidates of the image with a caption";
  EXPECT_EQ(with.phrases.items, 3);
  EXPECT_EQ(with.labels.items, 3);
}

/// Two images with captions, and one with a label that a caption names; with cached features or an
/// encoder that learns.
class LabelTraining : public ::testing::TestWithParam<bool> {
 protected:
  TrainingRun run(const std::string& name) const {
    const Dataset captioned = tiny_dataset(folder_);
    TrainingRun run = tiny_run(captioned, folder_ / name);
    CaptionedImage image;
    image.name = "wall.png";
    image.file = folder_ / image.name;
    cv::imwrite(image.file.string(), cv::Mat(48, 64, CV_8UC3, cv::Scalar(90, 160, 90)));
    image.labels = {{"wall", 1}, {"door", 1}};
    run.train.images.push_back(image);
    run.vocabulary = training_vocabulary(run.train, 1);
    const auto id = [&](const char* word) { return run.vocabulary->id(word); };
    run.labels = {{"wall", {{{id("a"), id("wall")}}, {id("wall")}}},
                  {"door", {{{id("a"), id("door")}}, {id("door")}}}};
    run.config.labels.presence_weight = 0.3;
    if (GetParam()) {
      run.feature_cache = folder_ / "features";
      run.config.encoder_from = 1000;
    }
    return run;
  }
  TemporaryFolder folder_;
};

TEST_P(LabelTraining, LowersBothLossesAndStillLearnsTheCaptions) {
  TrainingRun both = run("run");
  both.config.batch_images = 3;
  both.config.epochs = 150;
  both.config.coverage.weight = 0;
  EXPECT_EQ(train(both, {}), TrainingEnd::finished);
  for (const char* key : {"label_phrases", "label_presence"}) {
    const auto log = losses(folder_ / "run", key);
    ASSERT_EQ(log.size(), 150U);
    EXPECT_LT(log.rbegin()->second, 0.5 * log.begin()->second) << key;
  }
  const Captioner captioner = Captioner::load(folder_ / "run" / "best");
  const auto captions = caption_dataset(captioner, tiny_dataset(folder_), {}, 2);
  EXPECT_EQ(captions[0].text, "a red wall beside a yellow door");
  EXPECT_EQ(captions[1].text, "two blue birds sit on a dark branch");
}

TEST_P(LabelTraining, ResumesToTheSameLosses) {
  const auto named = [&](const char* name) {
    TrainingRun part = run(name);  // a batch has a captioned or a labelled image
    part.config.epochs = 3;
    part.config.dropout = 0.3;
    part.shares = {{2, 1}, {1, 2}};
    return part;
  };
  train(named("whole"), {});
  int steps = 0;
  TrainingCallbacks stop;
  stop.should_stop = [&] { return ++steps == 5; };
  EXPECT_EQ(train(named("broken"), stop), TrainingEnd::stopped);
  TrainingRun again = named("broken");
  again.resume = true;
  EXPECT_EQ(train(again, {}), TrainingEnd::finished);
  const auto whole = losses(folder_ / "whole", "loss");
  EXPECT_EQ(whole.size(), 12U);
  EXPECT_EQ(whole, losses(folder_ / "broken", "loss"));
}

TEST_P(LabelTraining, RefusesLabelsThatTeachNothing) {
  TrainingRun nothing = run("run");
  nothing.config.labels.phrases = false;
  nothing.config.labels.presence_weight = 0;
  EXPECT_THROW(train(nothing, {}), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Features, LabelTraining, ::testing::Values(false, true));

}  // namespace
}  // namespace saccade::test
