#include "saccade/search/word_presence.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

/// E[1 − Π_t (1 − p_t(w))], by enumerating every caption without <pad> and <start>.
double expected_presence(const ToyDecoder& toy, std::int64_t image, std::int64_t word, Ids past,
                         double absent, std::int64_t left) {
  if (left == 0) return 1 - absent;
  const auto log_p = toy.log_p(image, past);
  absent *= 1 - std::exp(log_p[std::size_t(word)]);
  double possible = 0, sum = 0;
  for (std::int64_t id = 2; id < toy.words(); ++id) possible += std::exp(log_p[std::size_t(id)]);
  for (std::int64_t id = 2; id < toy.words(); ++id) {
    const double p = std::exp(log_p[std::size_t(id)]) / possible;
    Ids longer = past;
    longer.push_back(id);
    sum += p * (id == Vocabulary::kEnd
                    ? 1 - absent
                    : expected_presence(toy, image, word, longer, absent, left - 1));
  }
  return sum;
}

TEST(WordPresence, IsTheExpectationOverTheModelsOwnCaptions) {
  ToyDecoder toy(7, 3);
  const auto presence =
      word_presence(toy.step_function(), toy.start({2, 5}), {1000, 4, /*seed=*/9});
  ASSERT_EQ(presence.sizes(), (std::vector<std::int64_t>{2, 7}));
  const Ids images{2, 5};
  for (std::int64_t b = 0; b < 2; ++b) {
    for (std::int64_t word = Vocabulary::kSpecials; word < 7; ++word) {
      EXPECT_NEAR(std::exp(presence[b][word].item<double>()),
                  expected_presence(toy, images[std::size_t(b)], word, {}, 1, 4), 0.02);
    }
  }
}

TEST(WordPresence, IsTheSameForTheSameSeed) {
  ToyDecoder toy(9, 3);
  const auto presence = [&](std::uint64_t seed) {
    return word_presence(toy.step_function(), toy.start({2}), {5, 6, seed});
  };
  EXPECT_TRUE(at::equal(presence(1), presence(1)));
  EXPECT_FALSE(at::equal(presence(1), presence(2)));
  EXPECT_THROW(word_presence(toy.step_function(), toy.start({2}), {0, 6, 1}),
               std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
