#include "saccade/metrics/meteor.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/text/content_words.h"

#include "sentences.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

using test::words;
using test::write_file;

/// A WordNet of a few words: couch and sofa are synonyms, man has an irregular plural.
std::shared_ptr<const WordNet> small_wordnet() {
  static const test::TemporaryFolder folder;
  const auto write = [](const std::string& name, const std::string& text) {
    write_file(folder / name, text);
  };
  write("index.noun",
        "  1 the licence is indented\n"
        "couch n 2 1 @ 2 1 00000001 00000002\n"
        "sofa n 1 0 1 0 00000001\n"
        "man n 1 2 @ ~ 1 1 00000007\n"
        "dining_room n 1 0 1 0 00000009\n");
  write("noun.exc", "men man\n");
  write("index.verb", "sprint v 1 0 1 0 00000001\nrun v 1 0 1 0 00000001\n");
  for (const char* name : {"index.adj", "index.adv", "verb.exc", "adj.exc", "adv.exc"})
    write(name, "");
  return std::make_shared<const WordNet>(folder.path());
}

MeteorScorer make_scorer() { return MeteorScorer(small_wordnet()); }

double score(const std::string& hypothesis, const std::string& reference) {
  MeteorScorer scorer = make_scorer();
  return meteor_wn(scorer.count(words(hypothesis), {words(reference)}));
}

TEST(WordNet, FindsWordsByTheirBaseForms) {
  const auto wordnet = small_wordnet();
  EXPECT_THAT(wordnet->synsets("sofa"), testing::ElementsAre(1u));
  EXPECT_EQ(wordnet->synsets("couches"), wordnet->synsets("couch"));
  EXPECT_EQ(wordnet->synsets("men"), wordnet->synsets("man"));
  EXPECT_EQ(wordnet->synsets("sprinting"), wordnet->synsets("run"));
  EXPECT_NE(wordnet->synsets("run"), wordnet->synsets("sofa")) << "the same offset in another file";
  EXPECT_TRUE(wordnet->synsets("zebra").empty());
}

TEST(WordNet, NamesTheMissingFileAndItsPackage) {
  const test::TemporaryFolder empty;
  try {
    WordNet wordnet(empty.path());
    FAIL() << "an empty folder was accepted as WordNet";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("index.noun"));
    EXPECT_THAT(error.what(), testing::HasSubstr("wordnet-base"));
  }
}

TEST(WordNet, RefusesAnInvalidIndex) {
  const test::TemporaryFolder folder;
  write_file(folder / "index.noun", "couch n two\n");
  EXPECT_THROW(WordNet{folder.path()}, std::runtime_error);
}

TEST(Meteor, IsOneForEqualSentences) {
  EXPECT_DOUBLE_EQ(score("a man on a couch", "a man on a couch"), 1);
}

TEST(Meteor, IsZeroWithoutMatches) {
  EXPECT_EQ(score("zebra", "a man on a couch"), 0);
  EXPECT_EQ(score("", "a man"), 0);
}

// Calculated by hand: content words have weight 0.75 and function words 0.25.
TEST(Meteor, AgreesWithItsFormula) {
  const double precision = (0.25 + 0.75) / (2 * 0.75 + 0.25);  // "a dog" of "a dog runs"
  const double recall = (0.25 + 0.75) / (2 * 0.75 + 0.25);     // "a dog" of "a dog sleeps"
  const double f = precision * recall / (0.85 * precision + 0.15 * recall);
  EXPECT_NEAR(score("a dog runs", "a dog sleeps"), f * (1 - 0.6 * std::pow(1 / 2.0, 0.2)), 1e-12);
}

TEST(Meteor, GivesStemsAndSynonymsLessWeight) {
  const auto penalized = [](double weight, double chunks, double matches) {
    return weight * (1 - 0.6 * std::pow(chunks / matches, 0.2));
  };
  EXPECT_NEAR(score("jumping zebra", "jumped zebra"), penalized((0.6 + 1) / 2, 0, 2), 1e-12);
  EXPECT_NEAR(score("sofa", "couch"), 0.8, 1e-12);
  EXPECT_NEAR(score("couches", "couch"), 0.8, 1e-12)
      << "the stage with the greater weight of stem and synonym";
}

TEST(Meteor, UsesTheBestReference) {
  MeteorScorer scorer = make_scorer();
  const Tokens hypothesis = words("a man on a couch");
  const double alone = meteor_wn(scorer.count(hypothesis, {words("a man on the couch")}));
  EXPECT_DOUBLE_EQ(meteor_wn(scorer.count(
                       hypothesis, {words("zebra"), words("a man on the couch"), words("a")})),
                   alone);
  EXPECT_THROW(scorer.count(hypothesis, {}), std::invalid_argument);
}

TEST(Meteor, AddsCountsToACorpus) {
  MeteorScorer scorer = make_scorer();
  MeteorCounts perfect = scorer.count(words("a man"), {words("a man")});
  MeteorCounts corpus;
  corpus += perfect;
  corpus += perfect;
  EXPECT_DOUBLE_EQ(meteor_wn(corpus), 1);
  corpus += scorer.count(words("zebra"), {words("a man")});
  EXPECT_LT(meteor_wn(corpus), 1);
}

TEST(Meteor, MatchesTheSynonymsOfTheInstalledWordNet) {
  const std::filesystem::path installed = "/usr/share/wordnet";
  ASSERT_TRUE(std::filesystem::exists(installed / "index.noun"))
      << "the WordNet data files are not in " << installed << "; run tools/setup.sh";
  MeteorScorer scorer(std::make_shared<const WordNet>(installed));
  const MeteorAlignment alignment =
      scorer.align(words("two kids on a sofa"), words("a child on the couch"));
  EXPECT_EQ(alignment.pairs.size(), 4u);  // kids/child, on, a, sofa/couch
}

// The best alignment, found by enumerating all alignments.
using Quality = std::tuple<std::ptrdiff_t, std::size_t, double, std::size_t>;

void try_all(const std::vector<std::vector<MeteorMatch>>& candidates, std::size_t word,
             std::vector<MeteorAlignment::Pair>& pairs, std::vector<bool>& used, Quality& best) {
  if (word == candidates.size()) {
    std::size_t chunks = 0, distance = 0;
    double weight = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool continues = i > 0 && pairs[i].hypothesis == pairs[i - 1].hypothesis + 1 &&
                             pairs[i].reference == pairs[i - 1].reference + 1;
      if (!continues) ++chunks;
      weight += kMeteorStageWeights[static_cast<std::size_t>(pairs[i].stage)];
      distance += std::max(pairs[i].hypothesis, pairs[i].reference) -
                  std::min(pairs[i].hypothesis, pairs[i].reference);
    }
    best = std::min(best, Quality(-static_cast<std::ptrdiff_t>(pairs.size()), chunks,
                                  -std::round(weight * 10), distance));
    return;
  }
  try_all(candidates, word + 1, pairs, used, best);
  for (const MeteorMatch& match : candidates[word]) {
    if (used[match.reference]) continue;
    used[match.reference] = true;
    pairs.push_back({word, match.reference, match.stage});
    try_all(candidates, word + 1, pairs, used, best);
    pairs.pop_back();
    used[match.reference] = false;
  }
}

TEST(MeteorAlignment, IsTheBestOfAllAlignments) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    const std::size_t ours = 1 + random() % 6, theirs = 1 + random() % 6;
    const std::size_t sparseness = 1 + random() % 5;
    std::vector<std::vector<MeteorMatch>> candidates(ours);
    for (auto& matches : candidates) {
      for (std::size_t j = 0; j < theirs; ++j) {
        if (random() % sparseness == 0)
          matches.push_back({j, static_cast<MeteorStage>(random() % 3)});
      }
    }
    Quality expected(1, 0, 0, 0);
    std::vector<MeteorAlignment::Pair> pairs;
    std::vector<bool> used(theirs, false);
    try_all(candidates, 0, pairs, used, expected);

    const MeteorAlignment found = align(candidates, theirs);
    double weight = 0;
    std::size_t distance = 0;
    for (const auto& pair : found.pairs) {
      weight += kMeteorStageWeights[static_cast<std::size_t>(pair.stage)];
      distance +=
          std::max(pair.hypothesis, pair.reference) - std::min(pair.hypothesis, pair.reference);
    }
    ASSERT_EQ(Quality(-static_cast<std::ptrdiff_t>(found.pairs.size()), found.chunks,
                      -std::round(weight * 10), distance),
              expected)
        << "round " << round;
  }
}

TEST(MeteorAlignment, HandlesSentencesThatRepeatOneWord) {
  const std::size_t length = 40;
  std::vector<std::vector<MeteorMatch>> candidates(length);
  for (auto& matches : candidates) {
    for (std::size_t j = 0; j < length; ++j) matches.push_back({j, MeteorStage::kExact});
  }
  const MeteorAlignment found = align(candidates, length);
  EXPECT_EQ(found.pairs.size(), length);
  EXPECT_EQ(found.chunks, 1u);
}

TEST(FunctionWords, DistinguishDanglingAndFunctionWords) {
  EXPECT_TRUE(is_dangling("the"));
  EXPECT_FALSE(is_dangling("dog"));
  EXPECT_TRUE(is_function_word("'s"));
  EXPECT_FALSE(is_function_word("dog"));
}

}  // namespace
}  // namespace saccade
