#include "saccade/metrics/rouge.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "sentences.h"

namespace saccade {
namespace {

using test::random_sentence;
using test::words;

/// The length of the longest common subsequence, found by trying all subsequences of `a`.
std::size_t longest_by_trial(const Tokens& a, const Tokens& b) {
  std::size_t longest = 0;
  for (std::size_t chosen = 0; chosen < (std::size_t{1} << a.size()); ++chosen) {
    std::size_t at = 0, length = 0;
    bool fits = true;
    for (std::size_t i = 0; i < a.size() && fits; ++i) {
      if (((chosen >> i) & 1) == 0) continue;
      while (at < b.size() && b[at] != a[i]) ++at;
      fits = at < b.size();
      ++at;
      ++length;
    }
    if (fits) longest = std::max(longest, length);
  }
  return longest;
}

TEST(RougeL, AgreesWithBruteForce) {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    const Tokens hypothesis = random_sentence(random, 8, 4);
    const References references = {random_sentence(random, 8, 4), random_sentence(random, 8, 4)};
    double precision = 0, recall = 0;
    for (const Tokens& reference : references) {
      if (hypothesis.empty() || reference.empty()) continue;
      const auto common = static_cast<double>(longest_by_trial(hypothesis, reference));
      precision = std::max(precision, common / static_cast<double>(hypothesis.size()));
      recall = std::max(recall, common / static_cast<double>(reference.size()));
    }
    const double expected =
        precision * recall == 0 ? 0 : 2.44 * precision * recall / (recall + 1.44 * precision);
    ASSERT_NEAR(rouge_l(hypothesis, references), expected, 1e-12);
  }
}

TEST(RougeL, UsesPrecisionAndRecallOfDifferentReferences) {
  // The first reference gives precision 1, the second recall 1.
  EXPECT_DOUBLE_EQ(rouge_l(words("a b"), {words("a x b y"), words("a")}), 1);
}

TEST(RougeL, RefusesMissingReferences) {
  EXPECT_THROW(rouge_l(words("a"), {}), std::invalid_argument);
  EXPECT_THROW(rouge_l(std::vector<Tokens>{}, std::vector<References>{}), std::invalid_argument);
  EXPECT_THROW(rouge_l(std::vector<Tokens>{words("a")}, std::vector<References>{}),
               std::invalid_argument);
}

}  // namespace
}  // namespace saccade
