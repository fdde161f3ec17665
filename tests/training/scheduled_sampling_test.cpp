#include "saccade/training/scheduled_sampling.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/text/vocabulary.h"

#include "model/small_decoder.h"

namespace saccade::test {
namespace {

class ScheduledSampling : public ::testing::Test {
 protected:
  at::Tensor mixed(double share) {
    return mix_in_own_words(decoder_, features_, words_, share, at::kFloat,
                            at::detail::createCPUGenerator(2));
  }
  /// The words after the start token, of the captions that are as long as the longest.
  static at::Tensor long_ones(const at::Tensor& words) {
    return words.narrow(0, 0, 40).narrow(1, 1, 4);
  }
  Decoder decoder_ = make_decoder(small_config());
  Features features_ = make_features(2, small_config().features);
  WordBatch words_ =
      make_word_batch({std::vector<std::vector<std::int64_t>>(40, {5, 6, 7, 8, Vocabulary::kEnd}),
                       std::vector<std::vector<std::int64_t>>(40, {9, 10, Vocabulary::kEnd})});
};

TEST_F(ScheduledSampling, ChangesNothingForShareZero) {
  EXPECT_TRUE(at::equal(mixed(0), words_.inputs.words));
}

TEST_F(ScheduledSampling, ReplacesAboutItsShareOfTheWords) {
  const at::Tensor given = long_ones(words_.inputs.words);
  const auto changed = [&](double share) {
    return (long_ones(mixed(share)) != given).to(at::kFloat).mean().item<double>();
  };
  const double all = changed(1), half = changed(0.5);
  EXPECT_GT(all, 0.6);  // with 13 words, the sample is sometimes the given word or the end token
  EXPECT_NEAR(half, all / 2, 0.12);
}

TEST_F(ScheduledSampling, KeepsTheStartTokenAndThePadding) {
  const at::Tensor words = mixed(1);
  EXPECT_TRUE((words.select(1, 0) == Vocabulary::kStart).all().item<bool>());
  const at::Tensor filling = words_.inputs.words == Vocabulary::kPad;
  EXPECT_TRUE(at::equal(words == Vocabulary::kPad, filling));
  const at::Tensor later = words.narrow(1, 1, words.size(1) - 1);
  EXPECT_FALSE((later == Vocabulary::kStart).any().item<bool>());
  EXPECT_FALSE((later == Vocabulary::kEnd).any().item<bool>());
}

TEST_F(ScheduledSampling, SamplesFromTheModel) {
  // A model whose bias allows only one word.
  {
    torch::NoGradGuard no_gradient;
    decoder_->output_bias.fill_(-100);
    decoder_->output_bias[11] = 100;
  }
  const at::Tensor words = long_ones(mixed(1));
  EXPECT_TRUE((words == 11).all().item<bool>());
}

}  // namespace
}  // namespace saccade::test
