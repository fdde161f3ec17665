#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/search/score.h"

#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

TEST(Substitution, DecodesASentenceForEveryView) {
  ToyDecoder toy(12, 5);
  const Ids sentence{4, 7, 7, 9};
  const auto decoding = force_decode(toy.step_function(), toy.start({3, 8}), sentence);
  EXPECT_EQ(toy.calls, 5);
  const Ids images{3, 8};
  for (std::int64_t b = 0; b < 2; ++b) {
    EXPECT_NEAR(decoding.log_prob(b), toy.log_prob(images[std::size_t(b)], sentence), 1e-4);
    Ids past;
    for (std::int64_t t = 0; t <= 4; ++t) {
      const auto expected = toy.log_p(images[std::size_t(b)], past);
      for (std::int64_t id = 0; id < 12; ++id) {
        ASSERT_NEAR(decoding.at(b, t, id), expected[std::size_t(id)], 1e-5);
      }
      for (std::int64_t i = 0; i < ToyDecoder::kCells; ++i) {
        EXPECT_NEAR(decoding.alpha[b][t][i].item<float>(),
                    toy.alpha(images[std::size_t(b)], past, i), 1e-6);
      }
      if (t < 4) past.push_back(sentence[std::size_t(t)]);
    }
  }
}

TEST(Substitution, StopsAfterTheRequestedPositions) {
  ToyDecoder toy(12, 5);
  const auto decoding = force_decode(toy.step_function(), toy.start({3}), {4, 7, 7, 9}, 2);
  EXPECT_EQ(toy.calls, 2);
  EXPECT_EQ(decoding.log_p.size(1), 2);
}

TEST(Substitution, ScoresEachSubstituteAsIfAlone) {
  ToyDecoder toy(12, 5);
  const Ids sentence{4, 7, 10, 9}, images{3, 8, 1};
  const std::vector<Substitute> substitutes{{2, 5}, {0, 11}, {3, 4}, {0, 6}, {2, 3}, {1, 7}};
  const auto decoding = force_decode(toy.step_function(), toy.start(images), sentence);
  const std::int64_t before = toy.calls;
  const auto scores = score_substitutes(toy.step_function(), decoding, substitutes);
  EXPECT_EQ(toy.calls - before, 4);  // all together
  for (std::size_t n = 0; n < substitutes.size(); ++n) {
    Ids replaced = sentence;
    replaced[std::size_t(substitutes[n].position)] = substitutes[n].id;
    for (std::size_t b = 0; b < images.size(); ++b) {
      EXPECT_NEAR(scores[std::int64_t(b)][std::int64_t(n)].item<double>(),
                  toy.log_prob(images[b], replaced), 1e-4)
          << "substitute " << n << ", view " << b;
    }
  }
}

TEST(Substitution, RefusesInvalidWordsAndPositions) {
  ToyDecoder toy(12, 5);
  const auto step = toy.step_function();
  const auto decoding = force_decode(step, toy.start({3}), {4, 7});
  EXPECT_EQ(score_substitutes(step, decoding, {}).numel(), 0);
  for (const Substitute& bad :
       {Substitute{2, 4}, Substitute{-1, 4}, Substitute{0, 12}, Substitute{0, Vocabulary::kEnd}}) {
    EXPECT_THROW(score_substitutes(step, decoding, {bad}), std::invalid_argument);
  }
  EXPECT_THROW(force_decode(step, toy.start({3}), {12}), std::invalid_argument);
  EXPECT_THROW(force_decode(step, toy.start({3}), {4}, 3), std::invalid_argument);
  const auto part = force_decode(step, toy.start({3}), {4, 7}, 1);
  EXPECT_THROW(score_substitutes(step, part, {{0, 5}}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
