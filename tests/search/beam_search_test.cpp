#include "saccade/search/beam_search.h"

#include <limits>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "search/brute_force.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

using Ids = std::vector<std::int64_t>;

BeamSearchOptions with_beam(std::int64_t beam, std::int64_t max_length) {
  BeamSearchOptions options;
  options.beam = beam;
  options.constraints.max_length = max_length;
  return options;
}

std::vector<std::vector<Hypothesis>> search(ToyDecoder& toy, const Ids& images,
                                            const BeamSearchOptions& options) {
  return beam_search(toy.step_function(), toy.start(images), options);
}

/// Everything that a hypothesis says of itself is what the toy says of its words.
void expect_true_to(const ToyDecoder& toy, std::int64_t image, const Hypothesis& hypothesis) {
  const auto length = hypothesis.ids.size();
  ASSERT_EQ(hypothesis.log_p.size(), length);
  ASSERT_EQ(hypothesis.gates.size(), length);
  ASSERT_EQ(hypothesis.cells.size(), length);
  ASSERT_EQ(hypothesis.alphas.size(), length * ToyDecoder::kCells);
  Ids past;
  double sum = 0;
  for (std::size_t t = 0; t < length; ++t) {
    const auto expected = toy.log_p(image, past)[static_cast<std::size_t>(hypothesis.ids[t])];
    EXPECT_NEAR(hypothesis.log_p[t], expected, 1e-5);
    EXPECT_FLOAT_EQ(hypothesis.gates[t], toy.gate(image, past));
    EXPECT_EQ(hypothesis.cells[t], toy.cell(image, past));
    for (std::int64_t i = 0; i < ToyDecoder::kCells; ++i) {
      EXPECT_FLOAT_EQ(hypothesis.alphas[t * ToyDecoder::kCells + static_cast<std::size_t>(i)],
                      toy.alpha(image, past, i));
    }
    past.push_back(hypothesis.ids[t]);
    sum += expected;
  }
  if (hypothesis.finished) {
    EXPECT_NEAR(hypothesis.end_log_p, toy.log_p(image, past)[Vocabulary::kEnd], 1e-5);
    sum += hypothesis.end_log_p;
  } else {
    EXPECT_EQ(hypothesis.end_log_p, 0);
  }
  EXPECT_NEAR(hypothesis.log_prob, sum, 1e-4);
}

void expect_same(const Hypothesis& a, const Hypothesis& b) {
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.log_p, b.log_p);
  EXPECT_EQ(a.alphas, b.alphas);
  EXPECT_EQ(a.gates, b.gates);
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.alternatives, b.alternatives);
  EXPECT_EQ(a.finished, b.finished);
  EXPECT_EQ(a.end_log_p, b.end_log_p);
  EXPECT_EQ(a.log_prob, b.log_prob);
  EXPECT_EQ(a.score, b.score);
}

/// The n best of a beam that holds everything are the n best of all sentences.
void expect_brute_force(double length_penalty, std::int64_t min_length) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    ToyDecoder toy(7, seed);
    auto options = with_beam(400, 4);  // 3 words, up to 4 of them: 3^4 · 4 continuations at most
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

TEST(BeamSearch, FindsWhatBruteForceFinds) { expect_brute_force(0, 0); }
TEST(BeamSearch, FindsWhatBruteForceFindsWithALeastLength) { expect_brute_force(0, 2); }
TEST(BeamSearch, FindsWhatBruteForceFindsWithLengthPenalty) {
  expect_brute_force(0.7, 0);
  expect_brute_force(1, 1);
  expect_brute_force(2.5, 0);
}

TEST(BeamSearch, GoesOnUntilNoOpenBeamCanOvertake) {
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

TEST(BeamSearch, OfABatchIsThatOfEachImageAlone) {
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

TEST(BeamSearch, OfBeamOneIsGreedySearch) {
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

/// One image, logits that do not depend on the past.
StepFunction constant(const std::vector<float>& logits) {
  return [logits](const State& state, const at::Tensor& words) {
    Step step;
    step.logits = torch::tensor(logits).expand({state.rows(), -1}).clone();
    step.alpha = torch::full({state.rows(), 2}, 0.5);
    step.gate = torch::ones({state.rows()});
    step.next = state;
    return step;
  };
}

State one_image() { return ToyDecoder(5, 0).start({0}); }

constexpr float kNever = -std::numeric_limits<float>::infinity();

TEST(BeamSearch, ReturnsHypothesesThatHaveNotEndedAtTheLimit) {
  auto options = with_beam(3, 4);
  options.n_best = 3;
  options.length_penalty = 1;
  const auto found = beam_search(constant({0, 0, kNever, 0, 2, 1}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 3U);
  for (const auto& hypothesis : found) {
    EXPECT_FALSE(hypothesis.finished);
    EXPECT_EQ(hypothesis.ids.size(), 4U);
    EXPECT_TRUE(hypothesis.cells.empty());
    EXPECT_DOUBLE_EQ(hypothesis.score, hypothesis.log_prob / 4);
  }
  EXPECT_EQ(found[0].ids, Ids({4, 4, 4, 4}));
}

TEST(BeamSearch, FillsUpWithTheUnfinishedBehindTheFinished) {
  // The end is the third best word, so that it comes among the three best continuations only of the
  // empty sentence.
  auto options = with_beam(3, 3);
  options.n_best = 3;
  options.constraints.min_length = 0;
  const auto found = beam_search(constant({-9, -9, 0, -9, 3, 2.9F}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].finished);
  EXPECT_TRUE(found[0].ids.empty());
  EXPECT_FALSE(found[1].finished);
  EXPECT_EQ(found[1].ids, Ids({4, 4, 4}));
  EXPECT_FALSE(found[2].finished);
}

TEST(BeamSearch, MayEndASentenceOfTheGreatestLength) {
  auto options = with_beam(1, 2);
  options.constraints.min_length = 2;
  const auto found = beam_search(constant({0, 0, 5, 0, 2}), one_image(), options)[0];
  EXPECT_TRUE(found[0].finished);
  EXPECT_EQ(found[0].ids, Ids({4, 4}));
}

TEST(BeamSearch, TakesTheLowerWordOfEquals) {
  auto options = with_beam(2, 2);
  options.n_best = 2;
  options.constraints.min_length = 2;
  const auto found = beam_search(constant({1, 1, 1, 1, 1, 1, 1, 1}), one_image(), options)[0];
  EXPECT_EQ(found[0].ids, Ids({4, 4}));
  EXPECT_EQ(found[1].ids, Ids({4, 5}));
}

TEST(BeamSearch, KeepsAHypothesisWhoseEveryWordIsBanned) {
  auto options = with_beam(3, 9);
  options.n_best = 3;
  options.constraints.min_length = 4;
  options.constraints.no_repeat_ngram = 1;  // two ordinary words, each once: no third, no end
  const auto found = beam_search(constant({0, 0, 0, 0, 2, 1}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].ids, Ids({4, 5}));
  EXPECT_EQ(found[1].ids, Ids({5, 4}));
  EXPECT_FALSE(found[0].finished);
}

TEST(BeamSearch, ReturnsSomethingWhereNoWordMayCome) {
  auto options = with_beam(3, 9);
  const auto found = beam_search(constant({0, 0, 0, 0}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].ids.empty());
  EXPECT_FALSE(found[0].finished);
  EXPECT_EQ(found[0].score, 0);
}

TEST(BeamSearch, TakesABeamWiderThanTheVocabulary) {
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

TEST(BeamSearch, LetsImagesLeaveThatAreOver) {
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

TEST(BeamSearch, OfNoImagesIsEmpty) {
  ToyDecoder toy(6, 1);
  EXPECT_TRUE(search(toy, {}, with_beam(3, 3)).empty());
  EXPECT_EQ(toy.calls, 0);
}

TEST(BeamSearch, NamesTheStepThatYieldsNoNumbers) {
  ToyDecoder toy(6, 1);
  const auto good = toy.step_function();
  std::int64_t calls = 0;
  const StepFunction bad = [&](const State& state, const at::Tensor& words) {
    auto step = good(state, words);
    if (++calls == 3) step.logits[0][5] = std::numeric_limits<float>::quiet_NaN();
    return step;
  };
  auto options = with_beam(2, 9);
  options.constraints.min_length = 9;
  try {
    beam_search(bad, toy.start({0, 1}), options);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("step 3"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("image 0"), std::string::npos) << error.what();
  }
}

TEST(BeamSearch, RefusesOptionsOutOfRange) {
  const auto refused = [](const auto& change) {
    BeamSearchOptions options;
    change(options);
    EXPECT_THROW(check(options), std::invalid_argument);
    EXPECT_THROW(beam_search(constant({0, 0, 0, 0, 0}), one_image(), options),
                 std::invalid_argument);
  };
  EXPECT_NO_THROW(check(BeamSearchOptions()));
  refused([](auto& o) { o.beam = 0; });
  refused([](auto& o) { o.n_best = 0; });
  refused([](auto& o) { o.n_best = 4; });
  refused([](auto& o) { o.length_penalty = -0.1; });
  refused([](auto& o) { o.length_penalty = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& o) { o.length_penalty = std::numeric_limits<double>::infinity(); });
  refused([](auto& o) { o.alternatives = -1; });
  refused([](auto& o) { o.constraints.max_length = 0; });
  refused([](auto& o) { o.constraints.min_length = -1; });
  refused([](auto& o) { o.constraints.min_length = 31; });
  refused([](auto& o) { o.constraints.no_repeat_ngram = -1; });
}

}  // namespace
}  // namespace saccade::test
