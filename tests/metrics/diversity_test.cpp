#include "saccade/metrics/diversity.h"

#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/metrics/bleu.h"

#include "sentences.h"

namespace saccade {
namespace {

using test::random_sentence;
using test::words;

TEST(Diversity, CountsCaptionsWordsAndEndings) {
  const std::vector<Tokens> captions = {
      words("a dog runs"), words("a dog runs"), words("a man on a"), {}};
  const std::vector<Tokens> training = {words("a dog runs"), words("a man")};
  const Diversity figures = measure_diversity(captions, &training);
  EXPECT_EQ(figures.captions, 4);
  EXPECT_EQ(figures.distinct, 3);
  EXPECT_EQ(figures.vocabulary, 5);
  EXPECT_DOUBLE_EQ(figures.mean_length, 10.0 / 4);
  EXPECT_DOUBLE_EQ(figures.dangling, 0.25);
  EXPECT_DOUBLE_EQ(figures.in_training_set.value(), 0.5);
  EXPECT_FALSE(measure_diversity(captions).in_training_set.has_value());
}

TEST(Diversity, ComparesEachCaptionWithAllOthersInSelfBleu) {
  std::mt19937 random(41);
  for (int round = 0; round < 100; ++round) {
    std::vector<Tokens> captions;
    for (std::size_t i = 0; i < 2 + random() % 5; ++i)
      captions.push_back(random_sentence(random, 7, 4));
    BleuCounter counter;
    double sum = 0;
    for (std::size_t i = 0; i < captions.size(); ++i) {
      References others = captions;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      sum += bleu(counter.count(captions[i], others)).bleu.back();
    }
    ASSERT_NEAR(measure_diversity(captions).self_bleu, sum / static_cast<double>(captions.size()),
                1e-9);
  }
}

TEST(Diversity, IsDefinedForZeroAndOneCaptions) {
  EXPECT_EQ(measure_diversity({}).captions, 0);
  EXPECT_EQ(measure_diversity({words("a dog")}).self_bleu, 0);
}

TEST(Diversity, CountsCaptionsWithARepeatedContentWord) {
  const std::vector<Tokens> captions = {words("a plate on a plate"),
                                        words("a dog on a mat in a house"),
                                        words("dogs and a dog next to a cat next to a mat"),
                                        {}};
  EXPECT_DOUBLE_EQ(measure_diversity(captions).repeating, 0.25);
}

}  // namespace
}  // namespace saccade
