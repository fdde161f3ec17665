// Agreement with the field's reference implementation on its own scores. The file is not part of
// the project: without it the tests say so and are skipped.
#include <cmath>
#include <filesystem>
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
const std::filesystem::path kGolden =
    std::filesystem::path(SACCADE_SOURCE_DIR) / "../shared/data/metrics/golden.jsonl";

struct GoldenSet {
  nlohmann::json expected;
  std::vector<Tokens> hypotheses;
  std::vector<References> references;
};

std::vector<GoldenSet> read_golden() {
  std::vector<GoldenSet> sets;
  std::ifstream file(kGolden);
  for (std::string line; std::getline(file, line);) {
    GoldenSet set{nlohmann::json::parse(line), {}, {}};
    for (const auto& pair : set.expected.at("pairs")) {
      set.hypotheses.push_back(test::words(pair.at("hyp").get<std::string>()));
      set.references.emplace_back();
      for (const auto& text : pair.at("refs")) {
        set.references.back().push_back(test::words(text.get<std::string>()));
      }
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

class GoldenParity : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kGolden)) {
      GTEST_SKIP() << "the reference implementation's scores are not here: " << kGolden
                   << " is absent, so parity with it was NOT checked";
    }
    sets_ = read_golden();
    ASSERT_FALSE(sets_.empty());
  }
  std::vector<GoldenSet> sets_;
};

TEST_F(GoldenParity, BleuOfCorporaAndSentences) {
  for (const GoldenSet& set : sets_) {
    SCOPED_TRACE(set.expected.at("name").get<std::string>());
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
    SCOPED_TRACE(set.expected.at("name").get<std::string>());
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
    SCOPED_TRACE(set.expected.at("name").get<std::string>());
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
