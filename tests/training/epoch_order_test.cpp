#include "saccade/training/epoch_order.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

/// How often each index is sampled in a number of epochs from `first`.
std::map<std::size_t, int> counts(const std::vector<ImageShare>& shares, std::int64_t first,
                                  std::int64_t epochs) {
  std::map<std::size_t, int> counts;
  for (std::int64_t epoch = first; epoch < first + epochs; ++epoch) {
    for (const std::size_t position : epoch_order(shares, 7, epoch)) ++counts[position];
  }
  return counts;
}

TEST(EpochOrder, SamplesEachImageOnceForAShareOfOne) {
  std::vector<std::size_t> order = epoch_order({{20, 1}}, 7, 3);
  std::vector<std::size_t> all(20);
  std::iota(all.begin(), all.end(), std::size_t{0});
  EXPECT_NE(order, all) << "in random order";
  EXPECT_NE(order, epoch_order({{20, 1}}, 7, 4)) << "differs in every epoch";
  EXPECT_NE(order, epoch_order({{20, 1}}, 8, 3)) << "differs with every seed";
  EXPECT_EQ(order, epoch_order({{20, 1}}, 7, 3));
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, all);
}

TEST(EpochOrder, SamplesHalfOfTheImagesAndThenTheOthers) {
  EXPECT_EQ(counts({{10, 0.5}}, 4, 1).size(), 5U);
  const auto two = counts({{10, 0.5}}, 4, 2);
  EXPECT_EQ(two.size(), 10U);
  EXPECT_TRUE(std::all_of(two.begin(), two.end(), [](const auto& c) { return c.second == 1; }));
}

TEST(EpochOrder, SamplesImagesMoreThanOnceForALargerShare) {
  const auto one = counts({{4, 2.5}}, 0, 1);
  std::vector<int> times;
  for (const auto& [position, count] : one) times.push_back(count);
  std::sort(times.begin(), times.end());
  EXPECT_EQ(times, (std::vector<int>{2, 2, 3, 3}));
  for (const auto& [position, count] : counts({{4, 2.5}}, 0, 2)) EXPECT_EQ(count, 5) << position;
}

TEST(EpochOrder, SamplesAllImagesOfASourceEquallyOftenForAnyShare) {
  const std::vector<ImageShare> shares{{7, 0.3}, {11, 1.7}, {5, 0}, {3, 1}};
  const std::int64_t epochs = 60;
  const auto all = counts(shares, 0, epochs);
  std::size_t first = 0;
  for (const ImageShare& source : shares) {
    const double draws = std::round(source.share * static_cast<double>(source.images));
    const double each = draws * epochs / static_cast<double>(source.images);
    for (std::size_t i = first; i < first + source.images; ++i) {
      const auto found = all.find(i);
      const int count = found == all.end() ? 0 : found->second;
      EXPECT_NEAR(count, each, 1) << "index " << i;
    }
    first += source.images;
  }
}

TEST(EpochOrder, MixesTheSources) {
  const auto order = epoch_order({{50, 1}, {50, 1}}, 1, 0);
  const auto of_first = std::count_if(order.begin(), order.begin() + 50,
                                      [](std::size_t position) { return position < 50; });
  EXPECT_GT(of_first, 10);
  EXPECT_LT(of_first, 40);
}

TEST(EpochOrder, HasTheSameSizeInEveryEpoch) {
  const std::vector<ImageShare> shares{{7, 0.3}, {11, 1.7}, {5, 0}, {3, 0.01}};
  EXPECT_EQ(draws_per_epoch(shares), 2U + 19U + 0U + 1U);
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    EXPECT_EQ(epoch_order(shares, 1, epoch).size(), draws_per_epoch(shares));
  }
}

}  // namespace
}  // namespace saccade::test
