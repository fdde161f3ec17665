#include "saccade/training/caption_reward.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

Dataset two_images() {
  Dataset dataset;
  dataset.images.push_back({"a", "", {"a dog runs in a field .", "a brown dog runs"}});
  dataset.images.push_back({"b", "", {"two men stand on a street"}});
  return dataset;
}

SelfCriticalConfig weights(double cider, double bleu_4) {
  SelfCriticalConfig config;
  config.cider = cider;
  config.bleu_4 = bleu_4;
  return config;
}

TEST(CaptionReward, IsCiderOfTheCaptionWithItsEndToken) {
  CaptionReward reward(two_images(), weights(2, 0));
  const std::vector<References> references{
      {{"a", "dog", "runs", "in", "a", "field", "<end>"}, {"a", "brown", "dog", "runs", "<end>"}},
      {{"two", "men", "stand", "on", "a", "street", "<end>"}}};
  CiderScorer cider(references);
  EXPECT_DOUBLE_EQ(reward({"a", "dog", "runs"}, true, 0),
                   2 * cider.score({"a", "dog", "runs", "<end>"}, 0));
  EXPECT_DOUBLE_EQ(reward({"a", "dog", "runs"}, false, 0),
                   2 * cider.score({"a", "dog", "runs"}, 0));
}

TEST(CaptionReward, IsLowerForATruncatedCaption) {
  CaptionReward reward(two_images(), weights(1, 0));
  EXPECT_GT(reward({"a", "dog", "runs", "in", "a", "field"}, true, 0),
            reward({"a", "dog", "runs", "in", "a"}, true, 0));
}

TEST(CaptionReward, SmoothsSentenceBleu) {
  CaptionReward reward(two_images(), weights(0, 1));
  // "two men sit <end>" against "two men stand on a street <end>": 1-grams 3 of 4, 2-grams 1 of 3,
  // 3-grams 0 of 2, 4-grams 0 of 1; lengths 4 and 7.
  const double expected = std::pow(3.0 / 4 * 2 / 4 * 1 / 3 * 1 / 2, 0.25) * std::exp(1 - 7.0 / 4);
  EXPECT_NEAR(reward({"two", "men", "sit"}, true, 1), expected, 1e-12);
  EXPECT_EQ(reward({"cat"}, false, 1), 0);
  EXPECT_NEAR(reward({"two", "men", "stand", "on", "a", "street"}, true, 1), 1, 1e-12);
}

TEST(CaptionReward, SkipsImagesWithLabels) {
  CaptionReward captioned(two_images(), weights(1, 1));
  Dataset dataset = two_images();
  CaptionedImage labelled;
  labelled.labels = {{"dog", 1}};
  dataset.images.insert(dataset.images.begin() + 1, labelled);
  CaptionReward mixed(dataset, weights(1, 1));
  EXPECT_EQ(mixed({"two", "men", "stand"}, true, 2), captioned({"two", "men", "stand"}, true, 1));
  EXPECT_EQ(mixed({"a", "dog", "runs"}, true, 0), captioned({"a", "dog", "runs"}, true, 0));
}

}  // namespace
}  // namespace saccade::test
