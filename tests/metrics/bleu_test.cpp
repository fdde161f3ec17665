#include "saccade/metrics/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sentences.h"

namespace saccade {
namespace {

using test::random_sentence;
using test::words;

std::map<Tokens, int> count_ngrams(const Tokens& tokens, std::size_t n) {
  std::map<Tokens, int> counts;
  for (std::size_t i = 0; i + n <= tokens.size(); ++i) {
    ++counts[Tokens(tokens.begin() + static_cast<std::ptrdiff_t>(i),
                    tokens.begin() + static_cast<std::ptrdiff_t>(i + n))];
  }
  return counts;
}

TEST(Bleu, AgreesWithItsDefinition) {
  std::mt19937 random(3);
  BleuCounter counter;
  for (int round = 0; round < 500; ++round) {
    const Tokens hypothesis = random_sentence(random, 9, 5);
    References references;
    for (std::size_t i = 0; i <= random() % 4; ++i) {
      references.push_back(random_sentence(random, 9, 5));
    }
    const BleuCounts counts = counter.count(hypothesis, references);
    for (std::size_t n = 1; n <= kMaxOrder; ++n) {
      int matched = 0, total = 0;
      for (const auto& [ngram, count] : count_ngrams(hypothesis, n)) {
        int max = 0;
        for (const Tokens& reference : references) {
          max = std::max(max, count_ngrams(reference, n)[ngram]);
        }
        matched += std::min(count, max);
        total += count;
      }
      ASSERT_EQ(counts.matched[n - 1], matched);
      ASSERT_EQ(counts.total[n - 1], total);
    }
  }
}

TEST(Bleu, UsesTheClosestLengthAndTheShorterOfTwo) {
  BleuCounter counter;
  const Tokens four = words("a b c d");
  EXPECT_EQ(counter.count(four, {words("a b c d e e e"), words("a b c")}).reference_length, 3);
  EXPECT_EQ(counter.count(four, {words("a b c d e"), words("a b c")}).reference_length, 3);
  EXPECT_EQ(counter.count(four, {words("a b c d e"), words("a")}).reference_length, 5);
}

TEST(Bleu, AppliesTheBrevityPenaltyOnlyToTheNamedScore) {
  const BleuScore score = bleu({words("a b c")}, {{words("a b c d e f")}});
  EXPECT_NEAR(score.without_brevity_penalty[0], 1, 1e-6);
  EXPECT_NEAR(score.brevity_penalty, std::exp(1 - 2.0), 1e-6);
  EXPECT_NEAR(score.bleu[0], std::exp(-1.0), 1e-6);
}

TEST(Bleu, IsZeroForAnEmptyCaption) {
  const BleuScore score = bleu({Tokens{}}, {{words("a dog")}});
  for (const double value : score.bleu) EXPECT_EQ(value, 0);
}

TEST(Bleu, IsComputedOverTheCorpusAndIsNotAMean) {
  const BleuScore corpus = bleu({words("a b"), words("x")}, {{words("a b")}, {words("y")}});
  EXPECT_NEAR(corpus.bleu[0], 2.0 / 3, 1e-6);
}

TEST(Bleu, RefusesMissingReferences) {
  EXPECT_THROW(bleu({}, {}), std::invalid_argument);
  EXPECT_THROW(bleu({words("a")}, {}), std::invalid_argument);
  EXPECT_THROW(bleu({words("a")}, {References{}}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade
