#include "saccade/search/beam_search.h"

#include <set>

#include <gtest/gtest.h>

#include "search/brute_force.h"
#include "search/hypothesis_checks.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

std::vector<std::vector<Hypothesis>> search(ToyDecoder& toy, const Ids& images,
                                            const BeamSearchOptions& options) {
  return beam_search(toy.step_function(), toy.start(images), options);
}

/// Expects that a beam that holds all continuations finds the n best of all sentences.
void expect_brute_force(double length_penalty, std::int64_t min_length) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    ToyDecoder toy(7, seed);
    auto options = with_beam(400, 4);  // sentences of up to 4 of 3 words: ≤ 3^4 · 4 continuations
    options.n_best = 20;
    options.length_penalty = length_penalty;
    options.constraints.min_length = min_length;
    const Ids images{4, 9, 2};
    const auto found = search(toy, images, options);
    ASSERT_EQ(found.size(), images.size());
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto expected = every_sentence(toy, images[i], 4, length_penalty, [&](const Ids& ids) {
        return static_cast<std::int64_t>(ids.size()) >= min_length;
      });
      ASSERT_EQ(found[i].size(), 20U);
      for (std::size_t n = 0; n < 20; ++n) {
        EXPECT_TRUE(found[i][n].finished);
        EXPECT_EQ(found[i][n].ids, expected[n].ids) << "seed " << seed << " image " << i;
        EXPECT_NEAR(found[i][n].score, expected[n].score, 1e-5);
        expect_true_to(toy, images[i], found[i][n]);
      }
    }
  }
}

TEST(BeamSearch, MatchesBruteForce) { expect_brute_force(0, 0); }
TEST(BeamSearch, MatchesBruteForceWithMinimumLength) { expect_brute_force(0, 2); }
TEST(BeamSearch, MatchesBruteForceWithLengthPenalty) {
  expect_brute_force(0.7, 0);
  expect_brute_force(1, 1);
  expect_brute_force(2.5, 0);
}

TEST(BeamSearch, ContinuesUntilNoOpenHypothesisCanWin) {
  // The best sentence by mean log p is long, and many shorter ones end before it.
  std::int64_t long_winners = 0;
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    ToyDecoder toy(6, seed, 3);
    auto options = with_beam(200, 6);
    options.length_penalty = 1.5;
    options.constraints.min_length = 0;
    const auto best = search(toy, {1}, options)[0][0];
    const auto expected = every_sentence(toy, 1, 6, 1.5);
    EXPECT_EQ(best.ids, expected[0].ids);
    long_winners += expected[0].ids.size() >= 5 ? 1 : 0;
  }
  EXPECT_GT(long_winners, 5);
}

TEST(BeamSearch, KeepsEachMapWithItsHypothesis) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ToyDecoder toy(12, seed, 1);
    auto options = with_beam(4, 9);
    options.n_best = 4;
    const Ids images{3, 1, 7, 5};
    const auto found = search(toy, images, options);
    for (std::size_t i = 0; i < images.size(); ++i) {
      for (const auto& hypothesis : found[i]) expect_true_to(toy, images[i], hypothesis);
    }
  }
}

TEST(BeamSearch, OfABatchEqualsThatOfEachImageAlone) {
  ToyDecoder toy(15, 3, 1.5);
  for (const std::int64_t beam : {1, 3, 8}) {
    auto options = with_beam(beam, 12);
    options.n_best = beam;
    options.alternatives = 3;
    const Ids images{0, 1, 2, 3, 4, 5, 6, 7};
    const auto together = search(toy, images, options);
    std::set<Ids> different;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto alone = search(toy, {images[i]}, options);
      ASSERT_EQ(together[i].size(), alone[0].size());
      for (std::size_t n = 0; n < alone[0].size(); ++n) expect_same(together[i][n], alone[0][n]);
      different.insert(together[i][0].ids);
    }
    EXPECT_GT(different.size(), 4U);
  }
}

TEST(BeamSearch, WithBeamOneIsGreedySearch) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (const double length_penalty : {0.0, 1.0}) {
      ToyDecoder toy(9, seed);
      auto options = with_beam(1, 8);
      options.length_penalty = length_penalty;
      const auto found = search(toy, {6}, options)[0];
      Ids ids;
      bool finished = false;
      while (true) {
        const auto log_p = toy.log_p(6, ids);
        std::int64_t best = -1;
        for (std::int64_t id = 0; id < 9; ++id) {
          const bool banned = id == 0 || id == 1 || id == 3 || (id == 2 && ids.empty());
          if (!banned && (best < 0 || log_p[id] > log_p[best])) best = id;
        }
        finished = best == Vocabulary::kEnd;
        if (finished || ids.size() == 8) break;
        ids.push_back(best);
      }
      ASSERT_EQ(found.size(), 1U);
      EXPECT_EQ(found[0].ids, ids);
      EXPECT_EQ(found[0].finished, finished);
    }
  }
}

TEST(BeamSearch, ReturnsDifferentHypothesesTheBestFirst) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ToyDecoder toy(10, seed, 1);
    auto options = with_beam(6, 5);
    options.n_best = 6;
    options.length_penalty = 0.5;
    for (const auto& list : search(toy, {1, 2, 3}, options)) {
      ASSERT_EQ(list.size(), 6U);
      std::set<Ids> different;
      for (std::size_t n = 0; n < list.size(); ++n) {
        different.insert(list[n].ids);
        if (n == 0) continue;
        EXPECT_GE(list[n - 1].finished, list[n].finished);
        if (list[n - 1].finished == list[n].finished) {
          EXPECT_GE(list[n - 1].score, list[n].score);
        }
      }
      EXPECT_EQ(different.size(), list.size());
    }
  }
}

TEST(BeamSearch, AcceptsABeamWiderThanTheVocabulary) {
  ToyDecoder toy(6, 1);
  auto options = with_beam(50, 3);
  options.n_best = 14;  // 2 + 4 + 8 sentences
  const auto found = search(toy, {1}, options)[0];
  const auto expected = every_sentence(toy, 1, 3, 0, [](const Ids& ids) { return !ids.empty(); });
  ASSERT_EQ(found.size(), 14U);
  for (std::size_t n = 0; n < 14; ++n) EXPECT_EQ(found[n].ids, expected[n].ids);
}

TEST(BeamSearch, ListsTheModelsOwnAlternativesAndTheChosenWord) {
  ToyDecoder toy(12, 5);
  auto options = with_beam(3, 6);
  options.alternatives = 2;
  const auto best = search(toy, {3}, options)[0][0];
  ASSERT_EQ(best.alternatives.size(), best.ids.size());
  Ids past;
  for (std::size_t t = 0; t < best.ids.size(); ++t) {
    const auto& list = best.alternatives[t];
    const auto log_p = toy.log_p(3, past);
    auto sorted = log_p;
    std::sort(sorted.rbegin(), sorted.rend());
    ASSERT_GE(list.size(), 2U);
    ASSERT_LE(list.size(), 3U);
    bool has_chosen = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i < 2) {
        EXPECT_NEAR(list[i].second, sorted[i], 1e-5);
      }
      EXPECT_NEAR(list[i].second, log_p[static_cast<std::size_t>(list[i].first)], 1e-5);
      has_chosen = has_chosen || list[i].first == best.ids[t];
    }
    EXPECT_TRUE(has_chosen);
    past.push_back(best.ids[t]);
  }
}

TEST(BeamSearch, RemovesImagesWhoseSearchHasEnded) {
  ToyDecoder toy(15, 3, 1.5);
  auto options = with_beam(3, 12);
  const Ids images{0, 1, 2, 3, 4, 5, 6, 7};
  std::int64_t rows_alone = 0;
  for (const auto image : images) {
    toy.rows = 0;
    search(toy, {image}, options);
    rows_alone += toy.rows;
  }
  toy.rows = toy.calls = 0;
  search(toy, images, options);
  EXPECT_LE(toy.rows, rows_alone * 3 / 2);
  EXPECT_LT(toy.rows, toy.calls * 24);
}

}  // namespace
}  // namespace saccade::test
