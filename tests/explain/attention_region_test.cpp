#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/explain/figure/overlay.h"

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

AttentionMap random_map(const Image& image, Fit fit, Upsampling upsampling, unsigned seed) {
  Caption caption = caption_of(image, {"word"}, fit, {7, 7});
  std::mt19937 random(seed);
  std::exponential_distribution<float> draw(1.0f);
  auto& alpha = caption.words[0].attention;
  for (float& value : alpha) value = draw(random);
  const float sum = std::accumulate(alpha.begin(), alpha.end(), 0.0f);
  for (float& value : alpha) value /= sum;
  return AttentionMap(alpha, caption.grid, caption.placement, upsampling);
}

TEST(RegionThreshold, DefinesTheSmallestRegionThatHoldsTheShare) {
  const Image photograph = plain(300, 200, 90);
  for (const auto upsampling : {Upsampling::gaussian, Upsampling::bilinear}) {
    for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
      for (const double share : {0.2, 0.5, 0.9}) {
        const AttentionMap map = random_map(photograph, fit, upsampling, 3);
        const float threshold = region_threshold(map, share);
        // Sums all pixels of the image.
        double total = 0, inside = 0;
        for (const float value : map.sample(300, 200)) {
          total += value;
          if (value >= threshold) inside += value;
        }
        EXPECT_NEAR(inside / total, share, 0.01);
      }
    }
  }
}

TEST(RegionThreshold, SelectsWholeCellsForNearestUpsampling) {
  const Image photograph = plain(256, 256, 90);
  Caption caption = caption_of(photograph, {"word"}, Fit::squash, {2, 2});
  caption.words[0].attention = {0.4f, 0.3f, 0.2f, 0.1f};
  const AttentionMap map(caption.words[0].attention, caption.grid, caption.placement,
                         Upsampling::nearest);
  EXPECT_FLOAT_EQ(region_threshold(map, 0.39), 0.4f);
  EXPECT_FLOAT_EQ(region_threshold(map, 0.5), 0.3f);
  EXPECT_FLOAT_EQ(region_threshold(map, 0.85), 0.2f);
  EXPECT_FLOAT_EQ(region_threshold(map, 1), 0.1f);
}

TEST(RegionThreshold, RefusesAShareOutsideZeroToOne) {
  const AttentionMap map = random_map(plain(9, 9, 0), Fit::squash, Upsampling::nearest, 1);
  EXPECT_THROW(region_threshold(map, -0.1), std::invalid_argument);
  EXPECT_THROW(region_threshold(map, 1.1), std::invalid_argument);
}

TEST(DrawRegion, ChangesPixelsOnlyAlongTheRegionsEdge) {
  Image photograph = plain(200, 200, 90);
  Caption caption = caption_of(photograph, {"word"}, Fit::squash, {2, 2});
  const AttentionMap map(caption.words[0].attention, caption.grid, caption.placement,
                         Upsampling::nearest);  // the upper left quarter
  draw_region(photograph, map, 0.5);
  bool layer = false;
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) {
      const int value = photograph.row(y)[3 * x];
      // The distance from the edge of the square 0 … 99.
      const int inner = std::min({x, y, 99 - x, 99 - y});
      const int outer = std::max({x - 99, y - 99, 0});
      const int distance = inner >= 0 ? inner : outer;
      if (distance > 4) {
        EXPECT_EQ(value, 90) << x << "," << y;
      }
      layer |= value > 200;
    }
  }
  EXPECT_TRUE(layer);
  EXPECT_NE(photograph.row(50)[3 * 99], 90);
}

TEST(DrawRegion, DrawsNothingForAnEmptyMap) {
  Image photograph = plain(50, 50, 90);
  const Caption caption = caption_of(photograph, {"word"});
  const AttentionMap map(std::vector<float>(49, 0.0f), caption.grid, caption.placement,
                         Upsampling::gaussian);
  draw_region(photograph, map, 0.5);
  EXPECT_EQ(photograph.rgb, plain(50, 50, 90).rgb);
}

TEST(DrawCell, OutlinesTheCellThroughThePlacement) {
  Image photograph = plain(400, 200, 90);
  const Caption caption = caption_of(photograph, {"word"}, Fit::center_crop, {2, 2});
  draw_cell(photograph, caption.grid, caption.placement, 3);  // 200…300 × 100…200
  EXPECT_EQ(photograph.row(150)[3 * 250], 90);                // the inside is unchanged
  EXPECT_EQ(photograph.row(50)[3 * 150], 90);
  const auto changed = [&](int x, int y) {
    int max = 0;
    for (int i = -2; i <= 2; ++i) {
      max = std::max({max, std::abs(photograph.row(y)[3 * (x + i)] - 90),
                      std::abs(photograph.row(std::min(199, y + i))[3 * x] - 90)});
    }
    return max > 50;
  };
  EXPECT_TRUE(changed(200, 150));
  EXPECT_TRUE(changed(299, 150));
  EXPECT_TRUE(changed(250, 100));
  EXPECT_TRUE(changed(250, 199));
  EXPECT_THROW(draw_cell(photograph, caption.grid, caption.placement, 4), std::invalid_argument);
  EXPECT_THROW(draw_cell(photograph, caption.grid, caption.placement, -1), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
