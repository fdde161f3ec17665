#include <limits>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "saccade/search/beam_search.h"

#include "search/brute_force.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

TEST(BeamLimits, ReturnsHypothesesThatHaveNotEndedAtTheLimit) {
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

TEST(BeamLimits, AppendsUnfinishedHypothesesToFinishedOnes) {
  // The end word is the third best, so only the empty sentence has it among its three best
  // continuations.
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

TEST(BeamLimits, CanEndASentenceOfMaximumLength) {
  auto options = with_beam(1, 2);
  options.constraints.min_length = 2;
  const auto found = beam_search(constant({0, 0, 5, 0, 2}), one_image(), options)[0];
  EXPECT_TRUE(found[0].finished);
  EXPECT_EQ(found[0].ids, Ids({4, 4}));
}

TEST(BeamLimits, PrefersTheLowerIdInATie) {
  auto options = with_beam(2, 2);
  options.n_best = 2;
  options.constraints.min_length = 2;
  const auto found = beam_search(constant({1, 1, 1, 1, 1, 1, 1, 1}), one_image(), options)[0];
  EXPECT_EQ(found[0].ids, Ids({4, 4}));
  EXPECT_EQ(found[1].ids, Ids({4, 5}));
}

TEST(BeamLimits, KeepsAHypothesisWhoseEveryNextWordIsBanned) {
  auto options = with_beam(3, 9);
  options.n_best = 3;
  options.constraints.min_length = 4;
  options.constraints.no_repeat_ngram = 1;  // allows each of two words once, and no end word
  const auto found = beam_search(constant({0, 0, 0, 0, 2, 1}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].ids, Ids({4, 5}));
  EXPECT_EQ(found[1].ids, Ids({5, 4}));
  EXPECT_FALSE(found[0].finished);
}

TEST(BeamLimits, ReturnsAnEmptyHypothesisWhereNoWordIsPermitted) {
  auto options = with_beam(3, 9);
  const auto found = beam_search(constant({0, 0, 0, 0}), one_image(), options)[0];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].ids.empty());
  EXPECT_FALSE(found[0].finished);
  EXPECT_EQ(found[0].score, 0);
}

TEST(BeamLimits, OfNoImagesIsEmpty) {
  ToyDecoder toy(6, 1);
  EXPECT_TRUE(beam_search(toy.step_function(), toy.start({}), with_beam(3, 3)).empty());
  EXPECT_EQ(toy.calls, 0);
}

TEST(BeamLimits, NamesTheStepThatYieldsNan) {
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

TEST(BeamLimits, RefusesOptionsOutOfRange) {
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
