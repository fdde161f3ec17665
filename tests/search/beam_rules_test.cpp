#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/search/beam_search.h"

#include "search/brute_force.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

struct Path {
  Ids ids;
  double log_prob = 0, score = 0;
};

bool better_score(const Path& a, const Path& b) { return a.score > b.score; }

/// A plain implementation of the algorithm in beam_search.h for one image: it lists every
/// continuation and does not prune.
std::vector<Path> search_by_the_rules(const ToyDecoder& toy, std::int64_t image,
                                      const BeamSearchOptions& options) {
  const auto K = static_cast<std::size_t>(options.beam);
  const auto n_best = static_cast<std::size_t>(options.n_best);
  const auto score = [&](double log_prob, std::size_t words) {
    return log_prob / std::pow(static_cast<double>(words), options.length_penalty);
  };
  std::vector<Path> open{Path()}, finished;
  for (std::int64_t length = 0; length <= options.constraints.max_length; ++length) {
    std::vector<Path> all;
    for (const Path& path : open) {
      const auto log_p = toy.log_p(image, path.ids);
      for (std::int64_t id = Vocabulary::kEnd; id < toy.words(); ++id) {
        if (id == Vocabulary::kUnknown) continue;
        if (id == Vocabulary::kEnd && length < options.constraints.min_length) continue;
        all.push_back({path.ids, path.log_prob + log_p[static_cast<std::size_t>(id)]});
        all.back().ids.push_back(id);
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Path& a, const Path& b) { return a.log_prob > b.log_prob; });
    std::vector<Path> next;
    std::vector<Ids> ended;
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      Path& path = all[rank];
      if (path.ids.back() != Vocabulary::kEnd) {
        if (next.size() < K) next.push_back(path);
      } else if (rank < K) {
        path.score = score(path.log_prob, path.ids.size());
        path.ids.pop_back();
        ended.push_back(path.ids);
        finished.push_back(path);
      }
    }
    if (length == options.constraints.max_length) {
      std::stable_sort(finished.begin(), finished.end(), better_score);
      for (Path& path : open) {
        if (std::find(ended.begin(), ended.end(), path.ids) != ended.end()) continue;
        path.score = score(path.log_prob, path.ids.size());
        finished.push_back(path);
      }
    }
    open = std::move(next);
  }
  finished.resize(std::min(finished.size(), n_best));
  return finished;
}

TEST(BeamRules, AreThoseDocumented) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    ToyDecoder toy(12, seed, 0.5 + 0.5 * static_cast<double>(seed % 5));
    for (const std::int64_t beam : {2, 3, 5, 9}) {
      for (const double length_penalty : {0.0, 0.8, 2.0}) {
        auto options = with_beam(beam, 7);
        options.n_best = 1 + static_cast<std::int64_t>(seed) % beam;
        options.length_penalty = length_penalty;
        options.constraints.min_length = static_cast<std::int64_t>(seed) % 3;
        const auto found = beam_search(toy.step_function(), toy.start({3}), options)[0];
        const auto expected = search_by_the_rules(toy, 3, options);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t n = 0; n < found.size(); ++n) {
          EXPECT_EQ(found[n].ids, expected[n].ids)
              << "seed " << seed << " beam " << beam << " penalty " << length_penalty;
          EXPECT_NEAR(found[n].score, expected[n].score, 1e-5);
        }
      }
    }
  }
}

/// The number of words that occurred before.
double words_said_again(const Ids& ids) {
  double count = 0;
  for (std::size_t t = 0; t < ids.size(); ++t) {
    count += std::count(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(t), ids[t]) > 0;
  }
  return count;
}

TEST(BeamRules, SubtractTheRepeatPenaltyFromTheRankOnly) {
  bool mattered = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ToyDecoder toy(7, seed, 2);
    BeamSearchOptions options = with_beam(400, 4);
    options.n_best = 30;
    const auto free = beam_search(toy.step_function(), toy.start({3}), options)[0];
    options.constraints.repeat_penalty = 0.7;
    options.constraints.content = std::make_shared<const std::vector<bool>>(7, true);
    const auto found = beam_search(toy.step_function(), toy.start({3}), options)[0];
    // The beam holds every sentence: expect the best by log p minus 0.7 for each repeated word.
    std::vector<Sentence> all =
        every_sentence(toy, 3, 4, 0, [](const Ids& ids) { return !ids.empty(); });
    for (Sentence& sentence : all) sentence.score -= 0.7 * words_said_again(sentence.ids);
    std::stable_sort(all.begin(), all.end(),
                     [](const Sentence& a, const Sentence& b) { return a.score > b.score; });
    ASSERT_EQ(found.size(), 30U);
    for (std::size_t n = 0; n < found.size(); ++n) {
      EXPECT_NEAR(found[n].score, all[n].score, 1e-4);
      EXPECT_NEAR(found[n].log_prob, toy.log_prob(3, found[n].ids), 1e-4) << "without penalty";
      EXPECT_NEAR(found[n].score, found[n].log_prob - 0.7 * words_said_again(found[n].ids), 1e-4);
      mattered = mattered || found[n].ids != free[n].ids;
    }
  }
  EXPECT_TRUE(mattered);
}

TEST(BeamRules, DoNotDependOnTheReportTemperature) {
  const ToyDecoder toy(9, 4);
  ToyDecoder same = toy;
  BeamSearchOptions options = with_beam(3, 6);
  options.alternatives = 9;
  const Hypothesis plain = beam_search(same.step_function(), same.start({1}), options)[0][0];
  EXPECT_TRUE(plain.log_mass.empty());
  options.report_temperature = 2.5;
  const Hypothesis tempered = beam_search(same.step_function(), same.start({1}), options)[0][0];
  EXPECT_EQ(tempered.ids, plain.ids);
  EXPECT_EQ(tempered.log_p, plain.log_p);
  EXPECT_EQ(tempered.score, plain.score);
  ASSERT_EQ(tempered.log_mass.size(), tempered.ids.size());
  for (std::size_t t = 0; t < tempered.ids.size(); ++t) {
    double sum = 0;
    for (const auto& [id, log_p] : tempered.alternatives[t]) {
      sum += std::exp(log_p / 2.5 - tempered.log_mass[t]);
    }
    EXPECT_NEAR(sum, 1, 1e-5) << "sum over all words, at position " << t;
  }
  options.report_temperature = 0;
  EXPECT_THROW(beam_search(same.step_function(), same.start({1}), options), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
