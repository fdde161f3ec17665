#include "saccade/search/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/search/beam_search.h"

#include "search/hypothesis_checks.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

SamplingOptions of_length(std::int64_t samples, std::int64_t min_length, std::int64_t max_length) {
  SamplingOptions options;
  options.samples = samples;
  options.constraints.min_length = min_length;
  options.constraints.max_length = max_length;
  return options;
}

std::vector<std::vector<Hypothesis>> draw(ToyDecoder& toy, const Ids& images,
                                          const SamplingOptions& options) {
  return sample(toy.step_function(), toy.start(images), options);
}

/// Σ (seen − expected)² / expected over the words with p > 0. Expects that no other word is seen.
double chi_square(const std::map<std::int64_t, std::int64_t>& seen, const std::vector<double>& p,
                  std::int64_t draws) {
  double sum = 0;
  for (std::size_t id = 0; id < p.size(); ++id) {
    const auto found = seen.find(static_cast<std::int64_t>(id));
    const double count = found == seen.end() ? 0 : static_cast<double>(found->second);
    const double expected = p[id] * static_cast<double>(draws);
    if (expected == 0) {
      EXPECT_EQ(count, 0) << "word " << id;
    } else {
      sum += (count - expected) * (count - expected) / expected;
    }
  }
  return sum;
}

std::map<std::int64_t, std::int64_t> first_words(const std::vector<Hypothesis>& list) {
  std::map<std::int64_t, std::int64_t> seen;
  for (const auto& one : list) ++seen[one.ids.at(0)];
  return seen;
}

/// exp(log p / temperature) of some words, normalized to sum to 1; 0 for the others.
std::vector<double> expected_p(const std::vector<double>& log_p, const Ids& words,
                               double temperature) {
  std::vector<double> p(log_p.size(), 0);
  double sum = 0;
  for (const auto id : words) {
    sum += p[static_cast<std::size_t>(id)] =
        std::exp(log_p[static_cast<std::size_t>(id)] / temperature);
  }
  for (double& value : p) value /= sum;
  return p;
}

constexpr std::int64_t kDraws = 6000;

TEST(Sampling, SamplesWordsInProportionToTheirProbability) {
  ToyDecoder toy(10, 4, 1);
  for (const double temperature : {1.0, 0.5, 3.0}) {
    auto options = of_length(kDraws, 1, 1);
    options.temperature = temperature;
    const auto found = draw(toy, {2}, options)[0];
    const auto p = expected_p(toy.log_p(2, {}), {4, 5, 6, 7, 8, 9}, temperature);
    EXPECT_LT(chi_square(first_words(found), p, kDraws), 15.09);  // 5 degrees of freedom, 1 %
  }
}

TEST(Sampling, SamplesSentencesInProportionToTheirProbability) {
  ToyDecoder toy(6, 4, 0.5);
  auto options = of_length(kDraws, 0, 1);
  const auto found = draw(toy, {2}, options)[0];
  // Each sentence is coded as a number: empty, or the word 4 or 5, with or without an end.
  std::map<std::int64_t, std::int64_t> seen;
  for (const auto& one : found) {
    ++seen[one.ids.empty() ? 0 : 2 * (one.ids[0] - 4) + (one.finished ? 1 : 2)];
  }
  const auto first = expected_p(toy.log_p(2, {}), {2, 4, 5}, 1);
  std::vector<double> p{first[2]};
  for (const std::int64_t id : {4, 5}) {
    const auto second = expected_p(toy.log_p(2, {id}), {2, 4, 5}, 1);
    p.push_back(first[static_cast<std::size_t>(id)] * second[2]);
    p.push_back(first[static_cast<std::size_t>(id)] * (1 - second[2]));
  }
  EXPECT_LT(chi_square(seen, p, kDraws), 13.28);  // 4 degrees of freedom, 1 %
}

TEST(Sampling, SamplesAmongTheTopKWordsOnly) {
  ToyDecoder toy(10, 4, 1);
  auto options = of_length(kDraws, 1, 1);
  options.top_k = 3;
  auto log_p = toy.log_p(2, {});
  Ids words{4, 5, 6, 7, 8, 9};
  std::sort(words.begin(), words.end(),
            [&](std::int64_t a, std::int64_t b) { return log_p[a] > log_p[b]; });
  words.resize(3);
  const auto seen = first_words(draw(toy, {2}, options)[0]);
  EXPECT_LT(chi_square(seen, expected_p(log_p, words, 1), kDraws), 9.21);  // 2 degrees, 1 %
}

TEST(Sampling, SamplesAmongTheFewestWordsThatReachTopP) {
  // Among the permitted words, 4…7 have the probabilities 0.4, 0.3, 0.2 and 0.1.
  const auto model =
      constant({5, 5, 5, 5, std::log(0.4F), std::log(0.3F), std::log(0.2F), std::log(0.1F)});
  const std::map<double, std::size_t> words_for{{0.05, 1}, {0.39, 1}, {0.41, 2}, {0.69, 2},
                                                {0.71, 3}, {0.89, 3}, {0.91, 4}, {1.0, 4}};
  for (const auto& [top_p, words] : words_for) {
    auto options = of_length(2000, 1, 1);
    options.top_p = top_p;
    const auto seen = first_words(sample(model, one_image(), options)[0]);
    EXPECT_EQ(seen.size(), words) << top_p;
    EXPECT_EQ(seen.rbegin()->first, 3 + static_cast<std::int64_t>(words)) << top_p;
  }
  // Among the top three, 0.4 / 0.9 is less than a half and 0.7 / 0.9 more.
  auto options = of_length(2000, 1, 1);
  options.top_k = 3;
  options.top_p = 0.5;
  EXPECT_EQ(first_words(sample(model, one_image(), options)[0]).size(), 2U);
}

TEST(Sampling, GivesTheSameCaptionsForTheSameSeed) {
  ToyDecoder toy(12, 9, 1);
  auto options = of_length(5, 1, 8);
  options.seed = 77;
  options.alternatives = 2;
  const auto first = draw(toy, {1, 2, 3}, options);
  const auto again = draw(toy, {1, 2, 3}, options);
  options.seed = 78;
  const auto other = draw(toy, {1, 2, 3}, options);
  std::int64_t different = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t n = 0; n < 5; ++n) {
      expect_same(first[i][n], again[i][n]);
      different += first[i][n].ids != other[i][n].ids ? 1 : 0;
    }
  }
  EXPECT_GT(different, 10);
}

TEST(Sampling, DoesNotDependOnHowARunIsSplitIntoBatches) {
  ToyDecoder toy(12, 9, 1);
  auto options = of_length(4, 1, 8);
  const Ids images{5, 5, 8, 3};  // the same image twice gives different samples
  const auto together = draw(toy, images, options);
  EXPECT_NE(together[0][0].ids, together[1][0].ids);
  for (std::size_t i = 0; i < images.size(); ++i) {
    options.first_image = i;
    const auto alone = draw(toy, {images[i]}, options);
    for (std::size_t n = 0; n < 4; ++n) expect_same(together[i][n], alone[0][n]);
  }
  options.first_image = 0;
  options.samples = 2;
  const auto fewer = draw(toy, images, options);
  for (std::size_t i = 0; i < images.size(); ++i) expect_same(fewer[i][1], together[i][1]);
}

TEST(Sampling, KeepsEachMapWithItsSample) {
  ToyDecoder toy(12, 2, 1);
  auto options = of_length(6, 1, 7);
  options.temperature = 1.5;
  options.top_p = 0.9;
  const Ids images{3, 1, 4};
  const auto found = draw(toy, images, options);
  std::set<Ids> different;
  for (std::size_t i = 0; i < images.size(); ++i) {
    ASSERT_EQ(found[i].size(), 6U);
    for (const auto& one : found[i]) {
      expect_true_to(toy, images[i], one);
      EXPECT_EQ(one.score, one.log_prob);
      different.insert(one.ids);
    }
  }
  EXPECT_GT(different.size(), 9U);
}

TEST(Sampling, ApproachesGreedySearchAtLowTemperature) {
  ToyDecoder toy(12, 6);
  auto options = of_length(2, 1, 8);
  options.temperature = 1e-6;
  BeamSearchOptions greedy;
  greedy.beam = 1;
  greedy.constraints = options.constraints;
  const Ids images{0, 1, 2, 3, 4};
  const auto found = draw(toy, images, options);
  const auto expected = beam_search(toy.step_function(), toy.start(images), greedy);
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const auto& one : found[i]) EXPECT_EQ(one.ids, expected[i][0].ids);
  }
}

TEST(Sampling, ObeysTheWordConstraints) {
  ToyDecoder toy(8, 6, 1);
  auto options = of_length(200, 2, 3);
  options.constraints.no_repeat_ngram = 1;
  bool unfinished = false;
  const auto found = draw(toy, {1}, options);
  for (const auto& one : found[0]) {
    EXPECT_GE(one.ids.size(), 2U);
    EXPECT_LE(one.ids.size(), 3U);
    EXPECT_EQ(std::set<std::int64_t>(one.ids.begin(), one.ids.end()).size(), one.ids.size());
    for (const auto id : one.ids) EXPECT_GE(id, Vocabulary::kSpecials);
    unfinished = unfinished || !one.finished;
  }
  EXPECT_TRUE(unfinished);
}

TEST(Sampling, KeepsACaptionWhoseEveryNextWordIsBanned) {
  auto options = of_length(2, 4, 9);
  options.constraints.no_repeat_ngram = 1;
  options.top_p = 0.5;
  const auto found = sample(constant({0, 0, 0, 0, 2, 1}), one_image(), options);
  for (const auto& one : found[0]) {
    EXPECT_EQ(one.ids.size(), 2U);
    EXPECT_FALSE(one.finished);
    EXPECT_TRUE(std::isfinite(one.log_prob));
  }
}

TEST(Sampling, RefusesOptionsOutOfRange) {
  const auto refused = [](const auto& change) {
    SamplingOptions options;
    change(options);
    EXPECT_THROW(check(options), std::invalid_argument);
    EXPECT_THROW(sample(constant({0, 0, 0, 0, 0}), one_image(), options), std::invalid_argument);
  };
  EXPECT_NO_THROW(check(SamplingOptions()));
  refused([](auto& o) { o.samples = 0; });
  refused([](auto& o) { o.temperature = 0; });
  refused([](auto& o) { o.temperature = -1; });
  refused([](auto& o) { o.temperature = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& o) { o.temperature = std::numeric_limits<double>::infinity(); });
  refused([](auto& o) { o.top_k = -1; });
  refused([](auto& o) { o.top_p = 0; });
  refused([](auto& o) { o.top_p = 1.01; });
  refused([](auto& o) { o.top_p = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& o) { o.alternatives = -1; });
  refused([](auto& o) { o.constraints.max_length = 0; });
}

}  // namespace
}  // namespace saccade::test
