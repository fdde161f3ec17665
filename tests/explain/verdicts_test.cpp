#include <cmath>
#include <random>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/caption/logistic_regression.h"
#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/explain/diagnose/verdict_fit.h"
#include "saccade/text/ptb_tokenizer.h"

#include "explain/small_captioner.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

TEST(Auroc, IsTheShareOfCorrectlyOrderedPairs) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> scores;
    std::vector<bool> labels{true, false};
    scores = {double(random() % 6), double(random() % 6)};
    for (int n = 0; n < 40; ++n) {
      scores.push_back(double(random() % 6));  // many ties
      labels.push_back(random() % 3 == 0);
    }
    double wins = 0, pairs = 0;
    for (std::size_t p = 0; p < scores.size(); ++p) {
      for (std::size_t n = 0; n < scores.size(); ++n) {
        if (!labels[p] || labels[n]) continue;
        wins += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
        ++pairs;
      }
    }
    EXPECT_NEAR(auroc(scores, labels), wins / pairs, 1e-12);
  }
  EXPECT_THROW(auroc({1, 2}, {true, true}), std::invalid_argument);
  EXPECT_THROW(auroc({1, 2}, {true}), std::invalid_argument);
}

double objective(const LogisticRegression& fit, const std::vector<std::vector<double>>& rows,
                 const std::vector<bool>& labels, double ridge) {
  double sum = 0;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const double p = fit.probability(rows[n]);
    sum += std::log(labels[n] ? p : 1 - p);
  }
  for (const double w : fit.weights) sum -= ridge / 2 * w * w;
  return sum;
}

TEST(LogisticRegression, IsOptimalInEveryWeight) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> rows;
  std::vector<bool> labels;
  for (int n = 0; n < 300; ++n) {
    rows.push_back({normal(random), 5 + 3 * normal(random), 2.0});  // the last feature is constant
    labels.push_back(rows.back()[0] - 0.5 * (rows.back()[1] - 5) + normal(random) > 0.3);
  }
  const LogisticRegression fit = fit_logistic(rows, labels, 1.5);
  EXPECT_EQ(fit.weights[2], 0);
  EXPECT_GT(fit.weights[0], 0.5);
  EXPECT_LT(fit.weights[1], -0.5);
  const double best = objective(fit, rows, labels, 1.5);
  for (const double nudge : {-1e-3, 1e-3}) {
    for (std::size_t f = 0; f < 2; ++f) {
      LogisticRegression other = fit;
      other.weights[f] += nudge;
      EXPECT_LT(objective(other, rows, labels, 1.5), best);
    }
    LogisticRegression other = fit;
    other.bias += nudge;
    EXPECT_LT(objective(other, rows, labels, 1.5), best);
  }
}

TEST(LogisticRegression, RefusesDataThatCannotBeFitted) {
  EXPECT_THROW(fit_logistic({}, {}, 1), std::invalid_argument);
  EXPECT_THROW(fit_logistic({{1}, {2}}, {true, true}, 1), std::invalid_argument);
  EXPECT_THROW(fit_logistic({{1}, {2, 3}}, {true, false}, 1), std::invalid_argument);
  EXPECT_THROW(fit_logistic({{1}, {2}}, {true}, 1), std::invalid_argument);
  const auto fit = fit_logistic({{1}, {2}}, {true, false}, 1);
  EXPECT_THROW(fit.probability({1, 2}), std::invalid_argument);
}

Dataset three_images() {
  Dataset dataset;
  dataset.images.push_back(
      {"a.jpg", "a.jpg", {"A black dog runs.", "A puppy on the grass.", "Dog!"}});
  dataset.images.push_back({"b.jpg", "b.jpg", {"Nothing to see", "Nothing at all"}});
  dataset.images.push_back({"c.jpg", "c.jpg", {"A man in a red shirt", "A woman and a man"}});
  return dataset;
}

TEST(PlantedMistakes, ReplaceOneWordByOneThatNoCaptionMentions) {
  const Vocabulary vocabulary({"a", "dog", "cat", "black", "red", "man", "woman", "boy", "girl",
                               "grass", "field", "beach", "shirt", "dress", "in", "on", "the"});
  const Dataset dataset = three_images();
  std::set<std::string> kinds;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (const auto& mistake : plant_mistakes(dataset, vocabulary, 2, seed)) {
      EXPECT_NE(mistake.image, 1U) << "no mistake can be planted there";
      const auto& captions = dataset.images[mistake.image].captions;
      int one_word_away = 0;
      for (const std::string& caption : captions) {
        auto words = ptb_tokenize(caption);
        EXPECT_EQ(std::count(words.begin(), words.end(), mistake.words[mistake.position]), 0);
        if (words.size() != mistake.words.size() || words[mistake.position] != mistake.instead_of) {
          continue;
        }
        words[mistake.position] = mistake.words[mistake.position];
        one_word_away += words == mistake.words ? 1 : 0;
      }
      EXPECT_EQ(one_word_away, 1);
      EXPECT_TRUE(vocabulary.contains(mistake.words[mistake.position]));
      const std::string& wrong = mistake.words[mistake.position];
      EXPECT_FALSE(mistake.image == 0 && wrong == "field") << "grass may be a field";
      EXPECT_FALSE(mistake.image == 2 && wrong == "girl") << "a woman may be called a girl";
      kinds.insert(mistake.kind);
    }
  }
  EXPECT_TRUE(kinds.count("animal") && kinds.count("colour") && kinds.count("person"));
  EXPECT_EQ(plant_mistakes(dataset, vocabulary, 1, 4).at(0).words,
            plant_mistakes(dataset, vocabulary, 1, 4).at(0).words);
}

/// A diagnosis with one analyzed word that has these log p.
Diagnosis one_word(double log_p, double region, double elsewhere, double no_image,
                   double rival_gain) {
  Diagnosis diagnosis;
  WordDiagnosis word;
  word.word = "dog";
  word.content = true;
  word.counterfactuals = {log_p, region, region, {elsewhere, elsewhere}, no_image};
  ContrastWord contrast;
  contrast.word = "cat";
  contrast.same_kind = true;
  contrast.sentence_log_prob = -10 + rival_gain;
  contrast.sentence_log_prob_no_image = -12;
  contrast.counterfactuals = word.counterfactuals;
  word.contrasts = {contrast};
  diagnosis.words = {word};
  diagnosis.log_prob_no_image = -12;
  diagnosis.caption.log_prob = -10;
  diagnosis.caption.words.resize(1);
  diagnosis.caption.words[0].attention.assign(4, 0.25f);
  return diagnosis;
}

TEST(Verdicts, FollowFromTheMasks) {
  const VerdictModel model = default_verdict_model();
  const auto verdict = [&](Diagnosis diagnosis) {
    classify(diagnosis, model);
    EXPECT_GE(diagnosis.words[0].suspicion, 0);
    EXPECT_LE(diagnosis.words[0].suspicion, 1);
    EXPECT_FALSE(diagnosis.fitted);
    return diagnosis.words[0].verdict;
  };
  EXPECT_EQ(verdict(one_word(-0.5, -3.5, -0.6, -4, -5)), Verdict::seen);
  EXPECT_EQ(verdict(one_word(-0.5, -0.6, -0.5, -0.6, -5)), Verdict::language_prior);
  EXPECT_EQ(verdict(one_word(-0.5, -3.5, -0.6, -4, 8)), Verdict::misrecognised);
  EXPECT_EQ(verdict(one_word(-0.5, -3.5, -3.4, -4, -5)), Verdict::unsure) << "drops for any region";
  EXPECT_EQ(verdict(one_word(-0.5, -0.5, -0.5, -4, -5)), Verdict::unsure) << "only the whole image";
}

TEST(Verdicts, SkipWordsThatWereNotAnalyzed) {
  Diagnosis diagnosis = one_word(-0.5, -3.5, -0.6, -4, 8);
  diagnosis.words[0].known = false;
  classify(diagnosis, default_verdict_model());
  EXPECT_EQ(diagnosis.words[0].suspicion, 0);
  EXPECT_EQ(diagnosis.words[0].verdict, Verdict::unsure);
}

TEST(Suspicion, RisesWithEveryAdvantageOfAContrastWord) {
  const auto& names = evidence_names();
  const auto at = [&](const Diagnosis& diagnosis, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return evidence_of(diagnosis, 0).at(std::size_t(found - names.begin()));
  };
  const Diagnosis weak = one_word(-0.5, -3.5, -0.6, -4, -2),
                  strong = one_word(-0.5, -3.5, -0.6, -4, 3);
  EXPECT_EQ(evidence_of(weak, 0).size(), names.size());
  EXPECT_NEAR(at(weak, "kind_sentence"), -2, 1e-12);
  EXPECT_NEAR(at(strong, "kind_sentence"), 3, 1e-12);
  EXPECT_NEAR(at(strong, "kind_sentence_sum"), std::log(1 + std::exp(3.0)), 1e-12);
  EXPECT_NEAR(at(weak, "surprise"), 0.5, 1e-12);
  EXPECT_NEAR(at(weak, "loss_by_image"), -3.5, 1e-12);
  EXPECT_NEAR(largest_change(weak.words[0]), 3.5, 1e-12);
  Diagnosis other_kind = strong;
  other_kind.words[0].contrasts[0].same_kind = false;
  EXPECT_EQ(at(other_kind, "has_rival_of_kind"), 0);
  EXPECT_NEAR(at(other_kind, "any_sentence"), 3, 1e-12);
  EXPECT_LT(at(other_kind, "kind_sentence"), -5);
}

TEST(VerdictFit, LearnsToDetectPlantedWords) {
  std::vector<PlantedMistake> planted;
  std::vector<Diagnosis> diagnoses;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int n = 0; n < 60; ++n) {
    Diagnosis diagnosis =
        one_word(-3, -3 + normal(random), -3 + 0.1 * normal(random), -3, 3 + normal(random));
    const Diagnosis right = one_word(-1, -3, -1 + 0.1 * normal(random), -3, -3 + normal(random));
    diagnosis.words.push_back(right.words[0]);
    diagnosis.caption.words.push_back(right.caption.words[0]);
    diagnoses.push_back(diagnosis);
    PlantedMistake mistake;
    mistake.position = 0;
    planted.push_back(mistake);
  }
  const VerdictModel model = fit_verdict_model(planted, diagnoses, torch::ones({3}));
  EXPECT_GT(model.fitted.at("auroc_on_these").get<double>(), 0.98);
  EXPECT_GT(model.fitted.at("ranked_first_on_these").get<double>(), 0.95);
  EXPECT_EQ(model.fitted.at("words"), 120);
  EXPECT_EQ(model.mean_annotation, (std::vector<float>{1, 1, 1}));
  classify(diagnoses[0], model);
  EXPECT_TRUE(diagnoses[0].fitted);
  EXPECT_GT(diagnoses[0].words[0].suspicion, diagnoses[0].words[1].suspicion);
}

class VerdictFile : public ::testing::Test {
 protected:
  VerdictFile() { save_bundle(bundle_, small_bundle(), Storage::fp32, "# Random\n"); }
  static VerdictModel made_up() {
    VerdictModel model = default_verdict_model();
    model.thresholds = {0.25, 0.5, 0.125};
    model.mean_annotation = {0.5f, 1.25f};
    model.fitted = {{"sentences", 7}};
    return model;
  }
  TemporaryFolder folder_;
  const std::filesystem::path bundle_ = folder_ / "model";
};

TEST_F(VerdictFile, LoadsAsItWasSaved) {
  EXPECT_FALSE(load_verdict_model(bundle_).has_value());
  save_verdict_model(bundle_, made_up());
  const auto loaded = load_verdict_model(bundle_);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->suspicion.weights, made_up().suspicion.weights);
  EXPECT_EQ(loaded->suspicion.bias, made_up().suspicion.bias);
  EXPECT_EQ(loaded->thresholds.language_prior, 0.125);
  EXPECT_EQ(loaded->mean_annotation, made_up().mean_annotation);
  EXPECT_EQ(loaded->fitted, made_up().fitted);
  EXPECT_NO_THROW(verify_bundle(bundle_));
  // Saving new weights removes the verdict model fitted to the old ones.
  save_bundle(bundle_, small_bundle(), Storage::fp16, "# Random\n");
  EXPECT_FALSE(load_verdict_model(bundle_).has_value());
}

TEST_F(VerdictFile, IsRefusedIfDamagedOrFittedToOtherWeights) {
  save_verdict_model(bundle_, made_up());
  const auto good = nlohmann::ordered_json::parse(read_file(bundle_ / kVerdictFile));
  const auto message = [&](const nlohmann::ordered_json& json) -> std::string {
    write_file(bundle_ / kVerdictFile, json.dump());
    try {
      load_verdict_model(bundle_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(good), "");
  auto bad = good;
  bad["weights_sha256"] = "00";
  EXPECT_THAT(message(bad), HasSubstr("fit it again"));
  bad = good;
  bad["version"] = 2;
  EXPECT_THAT(message(bad), HasSubstr("version"));
  bad = good;
  bad["suspicion"]["evidence"].erase("surprise");
  EXPECT_THAT(message(bad), HasSubstr("surprise"));
  bad = good;
  bad["suspicion"]["evidence"]["surprise"]["scale"] = 0;
  EXPECT_THAT(message(bad), HasSubstr("scale"));
  bad = good;
  bad["more"] = 1;
  EXPECT_THAT(message(bad), HasSubstr("more"));
  bad = good;
  bad["mean_annotation"] = {1, "x"};
  EXPECT_THAT(message(bad), HasSubstr("mean_annotation"));
}

}  // namespace
}  // namespace saccade::test
