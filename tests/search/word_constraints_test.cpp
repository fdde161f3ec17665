#include "saccade/search/word_constraints.h"

#include <set>
#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "search/brute_force.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

/// The permitted words of a row.
std::set<std::int64_t> permitted(const at::Tensor& log_p, std::int64_t row = 0) {
  std::set<std::int64_t> ids;
  for (std::int64_t id = 0; id < log_p.size(1); ++id) {
    if (std::isfinite(log_p[row][id].item<float>())) ids.insert(id);
  }
  return ids;
}

using Set = std::set<std::int64_t>;

TEST(WordConstraints, BanPadStartAndUnknown) {
  auto log_p = torch::zeros({1, 6});
  constrain(log_p, WordConstraints(), 3, {});
  EXPECT_EQ(permitted(log_p), Set({2, 4, 5}));
  WordConstraints with_unknown;
  with_unknown.ban_unknown = false;
  log_p = torch::zeros({1, 6});
  constrain(log_p, with_unknown, 3, {});
  EXPECT_EQ(permitted(log_p), Set({2, 3, 4, 5}));
}

TEST(WordConstraints, BanTheEndBeforeTheMinimumLength) {
  WordConstraints constraints;
  constraints.min_length = 2;
  for (std::int64_t length = 0; length < 4; ++length) {
    const auto log_p = torch::zeros({1, 6});
    constrain(log_p, constraints, length, {});
    EXPECT_EQ(permitted(log_p).count(Vocabulary::kEnd), length < 2 ? 0U : 1U);
  }
}

TEST(WordConstraints, BanRepeatsOfTheRowsOwnPast) {
  const std::vector<Ids> pasts{{4, 5, 6, 4, 5}, {5, 4}, {}, {4, 4, 4}};
  const auto with = [&](std::int64_t n) {
    const auto log_p = torch::zeros({4, 8});
    ban_repeats(log_p, pasts, n);
    return log_p;
  };
  const Set all{0, 1, 2, 3, 4, 5, 6, 7};
  const auto without = [&](const Set& banned) {
    Set rest = all;
    for (const auto id : banned) rest.erase(id);
    return rest;
  };
  EXPECT_EQ(permitted(with(1), 0), without({4, 5, 6}));
  EXPECT_EQ(permitted(with(1), 1), without({4, 5}));
  EXPECT_EQ(permitted(with(1), 2), all);
  EXPECT_EQ(permitted(with(2), 0), without({6}));  // 5 was followed by 6
  EXPECT_EQ(permitted(with(2), 1), all);
  EXPECT_EQ(permitted(with(2), 3), without({4}));
  EXPECT_EQ(permitted(with(3), 0), without({6}));
  EXPECT_EQ(permitted(with(3), 3), without({4}));
  EXPECT_EQ(permitted(with(4), 0), all);
  EXPECT_EQ(permitted(with(4), 3), all);
}

bool repeats(const Ids& ids, std::int64_t n) {
  std::set<Ids> seen;
  for (auto end = ids.begin(); end != ids.end(); ++end) {
    if (end - ids.begin() < n - 1) continue;
    if (!seen.insert(Ids(end - (n - 1), end + 1)).second) return true;
  }
  return false;
}

TEST(WordConstraints, LeaveTheBestSentencesThatObeyThemAll) {
  for (const std::int64_t n : {1, 2, 3}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      ToyDecoder toy(6, seed);
      auto options = with_beam(100, 5);
      options.n_best = 3;
      options.constraints.min_length = 2;
      options.constraints.no_repeat_ngram = n;
      const auto found = beam_search(toy.step_function(), toy.start({4}), options)[0];
      const auto expected = every_sentence(
          toy, 4, 5, 0, [&](const Ids& ids) { return ids.size() >= 2 && !repeats(ids, n); });
      for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        EXPECT_EQ(found[i].ids, expected[i].ids) << "n " << n << " seed " << seed;
      }
      EXPECT_EQ(found.size(), std::min<std::size_t>(3, expected.size()));
    }
  }
}

TEST(WordConstraints, DoNotChangeTheModelsOwnProbabilities) {
  // <unk> is the top word everywhere. It is banned, but still listed among the alternatives.
  auto options = with_beam(2, 3);
  options.alternatives = 1;
  const auto best = beam_search(constant({0, 0, 1, 9, 3, 2}), one_image(), options)[0][0];
  ASSERT_FALSE(best.ids.empty());
  const auto log_p = torch::log_softmax(torch::tensor({0.F, 0.F, 1.F, 9.F, 3.F, 2.F}), 0);
  for (std::size_t t = 0; t < best.ids.size(); ++t) {
    EXPECT_FLOAT_EQ(static_cast<float>(best.log_p[t]), log_p[best.ids[t]].item<float>());
    EXPECT_EQ(best.alternatives[t][0].first, Vocabulary::kUnknown);
    EXPECT_EQ(best.alternatives[t][1].first, best.ids[t]);
  }
}

TEST(WordConstraints, AreValidated) {
  const auto refused = [](const auto& change) {
    WordConstraints constraints;
    change(constraints);
    EXPECT_THROW(check(constraints), std::invalid_argument);
  };
  EXPECT_NO_THROW(check(WordConstraints()));
  refused([](auto& c) { c.min_length = -1; });
  refused([](auto& c) { c.max_length = 0; });
  refused([](auto& c) { c.min_length = c.max_length + 1; });
  refused([](auto& c) { c.no_repeat_ngram = -1; });
}

TEST(RepeatPenalty, IsSubtractedFromRepeatedContentWords) {
  const at::Tensor log_p = torch::zeros({2, 7});
  const std::vector<bool> content{false, false, false, false, true, false, true};
  penalize_repeats(log_p, {{4, 5, 4}, {6}}, content, 1.5);
  EXPECT_TRUE(at::equal(log_p, torch::tensor({{0.f, 0.f, 0.f, 0.f, -1.5f, 0.f, 0.f},
                                              {0.f, 0.f, 0.f, 0.f, 0.f, 0.f, -1.5f}})));
  WordConstraints constraints;
  constraints.repeat_penalty = 1;
  EXPECT_THROW(check(constraints), std::invalid_argument) << "the content words are missing";
  constraints.content = std::make_shared<const std::vector<bool>>(content);
  EXPECT_NO_THROW(check(constraints));
  constraints.repeat_penalty = -1;
  EXPECT_THROW(check(constraints), std::invalid_argument);
}

TEST(RepeatPenalty, DistinguishesContentWords) {
  const std::vector<bool> content =
      content_words(Vocabulary({"a", "dog", "with", "running", "'s"}));
  EXPECT_EQ(content,
            (std::vector<bool>{false, false, false, false, false, true, false, true, false}));
}

}  // namespace
}  // namespace saccade::test
