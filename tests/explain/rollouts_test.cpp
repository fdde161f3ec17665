#include "saccade/explain/maps/rollouts.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/caption/captioner.h"

#include "explain/made_up_caption.h"
#include "model/tiny_bundle.h"

namespace saccade::test {
namespace {

Image colours() {
  Image image = plain(64, 64, 0);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = std::uint8_t(i * 7919 >> 4);
  return image;
}

TEST(Rollouts, SampleTheFirstWordsCellsFromItsAlpha) {
  const Captioner captioner(tiny_bundle());
  const Image photograph = colours();
  CaptionOptions options;
  options.search.constraints.min_length = 2;
  const Caption caption = captioner.caption({photograph}, options).front().front();
  // Nothing is sampled before the first word, so all rollouts share its α.
  const std::vector<float>& alpha = caption.words.at(0).attention;
  constexpr std::int64_t kCount = 4000;
  const Rollouts rollouts =
      roll_out(captioner, photograph, {caption.words[0].word, "dog"}, kCount, 5);
  ASSERT_EQ(rollouts.cells.size(), 2u);
  EXPECT_EQ(rollouts.count, kCount);
  for (const auto& cells : rollouts.cells) {
    ASSERT_EQ(cells.size(), alpha.size());
    EXPECT_EQ(std::accumulate(cells.begin(), cells.end(), std::int64_t{0}), kCount);
  }
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    const double expected = alpha[i] * double(kCount);
    const double deviation = std::sqrt(expected * (1 - double(alpha[i])));
    EXPECT_NEAR(double(rollouts.cells[0][i]), expected, 5 * deviation + 1) << i;
  }
}

TEST(Rollouts, DependOnlyOnTheSeed) {
  const Captioner captioner(tiny_bundle());
  const Image photograph = colours();
  const auto roll = [&](std::uint64_t seed) {
    return roll_out(captioner, photograph, {"a", "dog", "runs"}, 100, seed).cells;
  };
  EXPECT_EQ(roll(1), roll(1));
  EXPECT_NE(roll(1), roll(2));
}

TEST(Rollouts, AcceptUnknownWordsAndRefuseACountBelowOne) {
  const Captioner captioner(tiny_bundle());
  EXPECT_EQ(roll_out(captioner, colours(), {"zebra"}, 3, 0).cells.size(), 1u);
  EXPECT_TRUE(roll_out(captioner, colours(), {}, 3, 0).cells.empty());
  EXPECT_THROW(roll_out(captioner, colours(), {"a"}, 0, 0), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
