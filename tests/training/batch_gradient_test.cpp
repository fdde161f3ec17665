#include "saccade/training/batch_gradient.h"

#include <atomic>
#include <stdexcept>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "model/small_decoder.h"

namespace saccade::test {
namespace {

/// Five images with captions of very different lengths.
class BatchGradient : public ::testing::Test {
 protected:
  BatchGradient() : threads_before_(at::get_num_threads()) {
    at::set_num_threads(3);
    config_.dropout = 0;
    config_.coverage.weight = 1;
    config_.bf16 = false;
    static_cast<WordBatch&>(batch_) = make_word_batch({{{5, 6, 2}, {4, 2}},
                                                       {{7, 8, 9, 10, 11, 2}, {5, 2}},
                                                       {{2}, {12, 2}},
                                                       {{9, 9, 4, 2}, {6, 5, 4, 2}},
                                                       {{8, 2}, {8, 7, 2}}});
    batch_.image_indices = {0, 1, 2, 3, 4};
  }
  ~BatchGradient() override { at::set_num_threads(threads_before_); }

  PartLoss loss() {
    objective_ = make_objective({config_, decoder_, nullptr, nullptr, at::kFloat});
    return [this](const TrainingBatch& images, std::int64_t part) {
      const Features own{
          features_.values.index_select(0, at::tensor(images.image_indices, at::kLong)),
          features_.grid};
      return (*objective_)(own, images, 0.5, 100 + static_cast<std::uint64_t>(part));
    };
  }

  struct Result {
    BatchFigures figures;
    at::Tensor gradient;  ///< of all parameters in one vector
  };

  Result gradient(std::int64_t parts, double weight = 1) {
    for (at::Tensor& parameter : decoder_->parameters()) parameter.mutable_grad() = at::Tensor();
    Result result;
    ProcessGroup alone;
    result.figures = add_gradient(batch_, parts, loss(), decoder_->parameters(), weight, alone);
    std::vector<at::Tensor> flat;
    for (const at::Tensor& parameter : decoder_->parameters()) {
      flat.push_back(parameter.grad().reshape({-1}).clone());
    }
    result.gradient = at::cat(flat);
    return result;
  }

  const int threads_before_;
  TrainingConfig config_;
  Decoder decoder_ = make_decoder(small_config());
  Features features_ = make_features(5, small_config().features);
  TrainingBatch batch_;
  std::unique_ptr<Objective> objective_;
};

TEST_F(BatchGradient, OfThePartsEqualsThatOfTheWhole) {
  const Result whole = gradient(1);
  EXPECT_EQ(whole.figures.words, 29);
  for (const std::int64_t parts : {2, 3, 5}) {
    const Result divided = gradient(parts);
    EXPECT_TRUE(at::allclose(divided.gradient, whole.gradient, 1e-4, 1e-6)) << parts << " parts";
    EXPECT_NEAR(divided.figures.loss, whole.figures.loss, 1e-5);
    EXPECT_NEAR(divided.figures.shown, whole.figures.shown, 1e-5);
    EXPECT_NEAR(divided.figures.parts["cross_entropy"], whole.figures.parts["cross_entropy"], 1e-5);
    EXPECT_EQ(divided.figures.words, whole.figures.words);
  }
}

TEST_F(BatchGradient, OfThePartsEqualsThatOfTheWholeWithSupervisedWords) {
  // Captions 0 to 9 in the given order: most of the supervised words belong to one image.
  std::vector<SupervisedCaption> supervised(10);
  supervised[0] = {{0, 1, {{0, 0, 0.5, 0.5}}}, {1, 0.25, {{0, 0, 1, 0.5}}}};
  supervised[2] = {{0, 1, {{0.5, 0.5, 1, 1}}}, {2, 1, {{0, 0.5, 1, 1}}}, {4, 1, {{0, 0, 0.3, 1}}}};
  supervised[6] = {{1, 0.5, {{0.2, 0.2, 0.4, 0.9}}}};
  batch_.supervised = std::make_shared<const std::vector<SupervisedCaption>>(supervised);
  config_.attention_supervision.weight = 2;
  const Result whole = gradient(1);
  EXPECT_GT(whole.figures.parts["attention_supervision"], 0);
  for (const std::int64_t parts : {2, 3, 5}) {
    const Result divided = gradient(parts);
    EXPECT_TRUE(at::allclose(divided.gradient, whole.gradient, 1e-4, 1e-6)) << parts << " parts";
    EXPECT_NEAR(divided.figures.loss, whole.figures.loss, 1e-5);
    for (const char* name : {"attention_supervision", "peak_in_box"}) {
      EXPECT_NEAR(divided.figures.parts[name], whole.figures.parts[name], 1e-5);
    }
  }
  config_.attention_supervision.weight = 0;
  const Result without = gradient(1);
  EXPECT_NEAR(whole.figures.loss - without.figures.loss,
              2 * whole.figures.parts["attention_supervision"].get<double>(), 1e-5);
  EXPECT_FALSE(at::allclose(without.gradient, whole.gradient, 1e-2, 1e-3));
}

TEST_F(BatchGradient, IsAddedToTheExistingOneWithItsWeight) {
  const at::Tensor whole = gradient(2).gradient;
  ProcessGroup alone;
  add_gradient(batch_, 2, loss(), decoder_->parameters(), 0.5, alone);
  std::vector<at::Tensor> flat;
  for (const at::Tensor& parameter : decoder_->parameters()) {
    flat.push_back(parameter.grad().reshape({-1}));
  }
  EXPECT_TRUE(at::allclose(at::cat(flat), 1.5 * whole, 1e-4, 1e-6));
}

TEST_F(BatchGradient, DoesNotDependOnThreadTiming) {
  config_.dropout = 0.5;
  config_.attention_dropout = 0.3;
  config_.scheduled_sampling = 0.5;
  const Result first = gradient(3);
  for (int again = 0; again < 5; ++again) {
    EXPECT_TRUE(at::equal(gradient(3).gradient, first.gradient));
  }
  config_.dropout = 0;
  EXPECT_FALSE(at::allclose(gradient(3).gradient, first.gradient, 1e-3, 1e-4));
}

TEST_F(BatchGradient, SkipsFrozenParameters) {
  decoder_->lstm->hidden->weight.requires_grad_(false);
  for (at::Tensor& parameter : decoder_->parameters()) parameter.mutable_grad() = at::Tensor();
  ProcessGroup alone;
  add_gradient(batch_, 2, loss(), decoder_->parameters(), 1, alone);
  EXPECT_FALSE(decoder_->lstm->hidden->weight.grad().defined());
  EXPECT_TRUE(decoder_->lstm->input->weight.grad().defined());
}

TEST_F(BatchGradient, PropagatesAnExceptionOfAPart) {
  ProcessGroup alone;
  std::atomic<int> calls{0};
  const PartLoss broken = [&](const TrainingBatch&, std::int64_t part) -> BatchLoss {
    ++calls;
    if (part == 1) throw std::length_error("broken");
    BatchLoss loss;
    loss.loss = torch::zeros({}, at::requires_grad());
    loss.parts = nlohmann::json::object();
    loss.words = loss.captions = 1;
    return loss;
  };
  EXPECT_THROW(add_gradient(batch_, 3, broken, decoder_->parameters(), 1, alone),
               std::length_error);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(at::get_num_threads(), 3);
}

TEST_F(BatchGradient, HasAtMostOnePartPerThreadAndNoSmallParts) {
  TrainingBatch batch;
  batch.image_indices.resize(32);
  EXPECT_EQ(parts_of(batch), 3);
  batch.image_indices.resize(20);
  EXPECT_EQ(parts_of(batch), 2);
  batch.image_indices.resize(1);
  EXPECT_EQ(parts_of(batch), 1);
}

TEST_F(BatchGradient, OfThePartsEqualsThatOfTheWholeWithLabelledImages) {
  features_ = make_features(8, small_config().features);
  batch_.image_indices = {0, 1, 2, 3, 4, 5, 6, 7};
  batch_.labelled = {{{5, 7, 8}, {{6}, {9, 10}}}, {{4}, {}}, {{}, {{11}}}};
  config_.labels.presence_weight = 0.5;
  const Result whole = gradient(1);
  EXPECT_EQ(whole.figures.words, 29);
  EXPECT_EQ(whole.figures.phrase_words, 4);
  const auto& parts = whole.figures.parts;
  EXPECT_NEAR(
      whole.figures.loss,
      (29 * parts["cross_entropy"].get<double>() + 4 * parts["label_phrases"].get<double>()) / 33 +
          parts["coverage"].get<double>() + 0.5 * parts["label_presence"].get<double>(),
      1e-4);
  for (const std::int64_t n : {2, 3, 7, 8}) {  // some have no image with a caption
    const Result divided = gradient(n);
    EXPECT_TRUE(at::allclose(divided.gradient, whole.gradient, 1e-4, 1e-6)) << n << " parts";
    EXPECT_NEAR(divided.figures.loss, whole.figures.loss, 1e-5);
    EXPECT_NEAR(divided.figures.shown, whole.figures.shown, 1e-5);
    for (const char* name : {"label_phrases", "label_presence"}) {
      EXPECT_NEAR(divided.figures.parts[name], parts[name], 1e-5);
    }
  }
}

}  // namespace
}  // namespace saccade::test
