// Agreement with the second implementation in tools/reference/scorer.py, which computed scores.json
// from sentences.json and agrees with coco-caption, the reference scorer.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/metrics/bleu.h"
#include "saccade/metrics/cider.h"
#include "saccade/metrics/rouge.h"

#include "sentences.h"

namespace saccade {
namespace {

constexpr double kTolerance = 1e-6;

/// A corpus and the scores of the other implementation.
struct GoldenSet {
  std::string name;
  nlohmann::json expected;
  std::vector<Tokens> hypotheses;
  std::vector<References> references;
};

nlohmann::json read_json(const std::string& name) {
  std::ifstream file(std::string(SACCADE_FIXTURES "/metrics/") + name);
  return nlohmann::json::parse(file);
}

std::vector<GoldenSet> read_golden() {
  std::vector<GoldenSet> sets;
  const nlohmann::json sentences = read_json("sentences.json"), scores = read_json("scores.json");
  for (const auto& [name, captions] : sentences.items()) {
    GoldenSet set{name, scores.at(name), {}, {}};
    for (const auto& caption : captions) {  // the hypothesis, then its references
      set.hypotheses.push_back(test::words(caption.at(0).get<std::string>()));
      set.references.emplace_back();
      for (std::size_t i = 1; i < caption.size(); ++i) {
        set.references.back().push_back(test::words(caption[i].get<std::string>()));
      }
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

class GoldenParity : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(sets_.size(), 5U); }
  const std::vector<GoldenSet> sets_ = read_golden();
};

TEST_F(GoldenParity, BleuOfCorporaAndSentences) {
  for (const GoldenSet& set : sets_) {
    SCOPED_TRACE(set.name);
    const BleuScore corpus = bleu(set.hypotheses, set.references);
    BleuCounter counter;
    for (std::size_t n = 0; n < kMaxOrder; ++n) {
      EXPECT_NEAR(corpus.bleu[n], set.expected.at("bleu")[n].get<double>(), kTolerance);
    }
    for (std::size_t i = 0; i < set.hypotheses.size(); ++i) {
      const BleuScore one = bleu(counter.count(set.hypotheses[i], set.references[i]));
      for (std::size_t n = 0; n < kMaxOrder; ++n) {
        EXPECT_NEAR(one.bleu[n], set.expected.at("per_pair").at("bleu")[n][i].get<double>(),
                    kTolerance)
            << "caption " << i << ", BLEU-" << n + 1;
      }
    }
  }
}

TEST_F(GoldenParity, RougeLOfCorporaAndSentences) {
  for (const GoldenSet& set : sets_) {
    SCOPED_TRACE(set.name);
    EXPECT_NEAR(rouge_l(set.hypotheses, set.references), set.expected.at("rouge_l").get<double>(),
                kTolerance);
    for (std::size_t i = 0; i < set.hypotheses.size(); ++i) {
      EXPECT_NEAR(rouge_l(set.hypotheses[i], set.references[i]),
                  set.expected.at("per_pair").at("rouge_l")[i].get<double>(), kTolerance)
          << "caption " << i;
    }
  }
}

TEST_F(GoldenParity, CiderOfCorporaAndSentences) {
  for (const GoldenSet& set : sets_) {
    SCOPED_TRACE(set.name);
    double sum = 0;
    const std::vector<double> scores = cider_d(set.hypotheses, set.references);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      EXPECT_NEAR(scores[i], set.expected.at("per_pair").at("cider")[i].get<double>(), kTolerance)
          << "caption " << i;
      sum += scores[i];
    }
    EXPECT_NEAR(sum / static_cast<double>(scores.size()), set.expected.at("cider").get<double>(),
                kTolerance);
  }
}

}  // namespace
}  // namespace saccade
