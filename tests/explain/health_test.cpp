#include "saccade/explain/health/health.h"

#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

using Maps = std::vector<std::vector<float>>;

Caption caption_with(const Maps& maps, const std::vector<double>& gates = {}) {
  Caption caption;
  caption.grid = {3, 3};
  for (std::size_t t = 0; t < maps.size(); ++t) {
    CaptionWord word;
    word.word = "word";
    word.attention = maps[t];
    for (const double p : maps[t]) word.entropy -= p > 0 ? p * std::log(p) : 0;
    word.gate = gates.empty() ? 0.2 + 0.1 * double(t) : gates[t];
    caption.words.push_back(word);
  }
  return caption;
}

std::vector<float> one_cell(std::size_t cell) {
  std::vector<float> map(9, 0.0f);
  map[cell] = 1;
  return map;
}

std::vector<std::string> names(const Health& health) {
  std::vector<std::string> result;
  for (const HealthFlag& flag : health.flags) result.push_back(flag.name);
  return result;
}

TEST(Health, MeasuresMapsGateBorderAndCoverage) {
  // Two images. The first attends to cells 4 and 0, the second to 4, and to 4 and 8 by halves.
  auto half = one_cell(4);
  half[4] = half[8] = 0.5f;
  const Health health = measure_health({caption_with({one_cell(4), one_cell(0)}, {0.2, 0.4}),
                                        caption_with({one_cell(4), half}, {0.6, 0.8})});
  EXPECT_EQ(health.images, 2U);
  EXPECT_EQ(health.words, 4U);
  EXPECT_NEAR(health.entropy.mean(), std::log(2.0) / std::log(9.0) / 4, 1e-9);
  EXPECT_NEAR(health.between_words.mean(), (1 + 0.5) / 2, 1e-9);
  // Mean maps: ½ ½ at 4, 0 and ¾ ¼ at 4, 8.
  EXPECT_NEAR(health.between_images.mean(), 0.5, 1e-9);
  EXPECT_NEAR(health.gate.mean(), 0.5, 1e-9);
  EXPECT_NEAR(health.border.mean(), (0 + 1 + 0 + 0.5) / 4, 1e-9);
  EXPECT_NEAR(health.border_if_even, 8.0 / 9, 1e-9);
  EXPECT_NEAR(health.coverage[4], 2.5 / (4.0 / 9), 1e-9);
  EXPECT_NEAR(health.coverage[8], 0.5 / (4.0 / 9), 1e-9);
  EXPECT_EQ(health.coverage[1], 0);
}

TEST(Health, FlagsUsualProblems) {
  using ::testing::Contains;
  using ::testing::Not;
  const Maps apart{one_cell(4), one_cell(1), one_cell(7)};
  const auto healthy = names(measure_health({caption_with(apart), caption_with({one_cell(3)})}));
  EXPECT_TRUE(healthy.empty()) << ::testing::PrintToString(healthy);

  const std::vector<float> even(9, 1.0f / 9);
  EXPECT_THAT(names(measure_health({caption_with({even, even})})), Contains("uniform maps"));

  std::vector<float> same(9, 0.05f);
  same[4] = 0.6f;
  const auto stuck =
      names(measure_health({caption_with({same, same}), caption_with({same, same})}));
  EXPECT_THAT(stuck, Contains("identical maps"));
  EXPECT_THAT(stuck, Contains("same map for every photograph"));
  EXPECT_THAT(stuck, Contains("one place draws attention"));
  EXPECT_THAT(stuck, Not(Contains("uniform maps")));

  EXPECT_THAT(names(measure_health({caption_with(apart, {0.5, 0.5, 0.5})})), Contains("dead gate"));
  EXPECT_THAT(names(measure_health({caption_with(apart, {1, 1, 1})})), Not(Contains("dead gate")))
      << "the model has no gate";
  EXPECT_THAT(names(measure_health({caption_with(apart, {0.01, 0.03, 0.05})})),
              Contains("closed gate"));
}

TEST(Health, RefusesCaptionsWithoutWordsOrWithDifferentGrids) {
  EXPECT_THROW(measure_health({}), std::invalid_argument);
  EXPECT_THROW(measure_health({caption_with({})}), std::invalid_argument);
  Caption other = caption_with({one_cell(0)});
  other.grid = {1, 9};
  EXPECT_THROW(measure_health({caption_with({one_cell(0)}), other}), std::invalid_argument);
  EXPECT_THROW(measure_health({caption_with({{1.0f}})}), std::invalid_argument);
  EXPECT_THROW(Distribution{}.quantile(0.5), std::invalid_argument);
}

TEST(Health, IsWrittenAsJsonAndFigure) {
  TemporaryFolder folder;
  const Health health = measure_health({caption_with({one_cell(4), one_cell(0)})});
  const auto written = write_health(health, "A model", folder / "out");
  ASSERT_EQ(written.size(), 2U);
  const auto json = nlohmann::json::parse(read_file(written[0]));
  EXPECT_EQ(json.at("words"), 2);
  EXPECT_EQ(json.at("coverage").size(), 9U);
  EXPECT_EQ(json.at("gate").at("max"), health.gate.quantile(1));
  const Image figure = load_image(written[1]);
  EXPECT_GT(figure.width, 900);
  bool ink = false;
  for (const auto value : figure.rgb) ink = ink || value < 100;
  EXPECT_TRUE(ink);
  write_file(folder / "file", "");
  EXPECT_THROW(write_health(health, "A model", folder / "file"), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
