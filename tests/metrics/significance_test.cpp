#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/metrics/scores.h"

namespace saccade {
namespace {

/// Images with a random ROUGE-L around `mean`.
std::vector<ImageScores> images_around(double mean, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(mean, 0.1);
  std::vector<ImageScores> images(count);
  for (ImageScores& image : images) {
    image.rouge_l = normal(random);
    image.bleu.total = {10, 9, 8, 7};
    image.bleu.matched = {static_cast<std::int64_t>(random() % 10), 3, 2, 1};
    image.bleu.hypothesis_length = image.bleu.reference_length = 10;
  }
  return images;
}

TEST(Bootstrap, HasTheTheoreticalWidthForAMean) {
  const Intervals intervals = bootstrap_intervals(images_around(0.5, 1000, 1), 2000, 7);
  const double expected = 2 * 1.96 * 0.1 / std::sqrt(1000.0);
  EXPECT_NEAR(intervals[kRougeL].high - intervals[kRougeL].low, expected, expected * 0.15);
  EXPECT_LT(intervals[kRougeL].low, 0.5);
  EXPECT_GT(intervals[kRougeL].high, 0.5);
}

TEST(Bootstrap, IsTheSameForTheSameSeed) {
  const auto images = images_around(0.5, 50, 1);
  const Intervals a = bootstrap_intervals(images, 100, 7), b = bootstrap_intervals(images, 100, 7),
                  c = bootstrap_intervals(images, 100, 8);
  EXPECT_EQ(a[kBleu1].low, b[kBleu1].low);
  EXPECT_EQ(a[kRougeL].high, b[kRougeL].high);
  EXPECT_NE(a[kRougeL].high, c[kRougeL].high);
}

TEST(Bootstrap, IsAPointForOneImage) {
  const Intervals intervals = bootstrap_intervals(images_around(0.5, 1, 1), 10, 7);
  EXPECT_EQ(intervals[kRougeL].low, intervals[kRougeL].high);
}

TEST(Comparison, DetectsARealDifference) {
  const Comparison result =
      compare(images_around(0.53, 300, 1), images_around(0.5, 300, 2), 1000, 7);
  EXPECT_GT(result.interval[kRougeL].low, 0);
  EXPECT_LT(result.p_value[kRougeL], 0.05);
}

TEST(Comparison, FindsNoDifferenceBetweenASystemAndItself) {
  const auto images = images_around(0.5, 100, 1);
  const Comparison result = compare(images, images, 200, 7);
  for (std::size_t i = 0; i < kScoreCount; ++i) {
    EXPECT_EQ(result.difference[i], 0);
    EXPECT_EQ(result.p_value[i], 1);
  }
}

TEST(Comparison, HasTheStatedRateOfFalsePositives) {
  int significant = 0;
  for (unsigned i = 0; i < 200; ++i) {
    const Comparison result =
        compare(images_around(0.5, 40, 2 * i), images_around(0.5, 40, 2 * i + 1), 200, i);
    significant += result.p_value[kRougeL] <= 0.05 ? 1 : 0;
  }
  EXPECT_GT(significant, 1);
  EXPECT_LT(significant, 24);
}

TEST(Comparison, RefusesIncomparableSystems) {
  EXPECT_THROW(compare(images_around(0, 2, 1), images_around(0, 3, 1), 10, 1),
               std::invalid_argument);
  EXPECT_THROW(bootstrap_intervals({}, 10, 1), std::invalid_argument);
  EXPECT_THROW(bootstrap_intervals(images_around(0, 2, 1), 0, 1), std::invalid_argument);
}

}  // namespace
}  // namespace saccade
