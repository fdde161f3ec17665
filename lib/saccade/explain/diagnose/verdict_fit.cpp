#include "saccade/explain/diagnose/verdict_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include <torch/utils.h>

#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade {
namespace {

constexpr double kRidge = 2;
constexpr double kFalseSeen = 0.05;
constexpr double kMaxOfPrior = 0.5;

/// The score threshold with the best F1 for calling words planted.
double best_f1_threshold(const std::vector<double>& scores, const std::vector<bool>& planted) {
  std::vector<std::pair<double, bool>> words;
  for (std::size_t n = 0; n < scores.size(); ++n) words.emplace_back(scores[n], planted[n]);
  std::sort(words.rbegin(), words.rend());
  const auto all = double(std::count(planted.begin(), planted.end(), true));
  double hits = 0, best = -1, threshold = 1;
  for (std::size_t n = 0; n < words.size(); ++n) {
    hits += words[n].second ? 1 : 0;
    const double f1 = 2 * hits / (double(n + 1) + all);
    if (f1 > best) {
      best = f1;
      threshold = words[n].first;
    }
  }
  return threshold;
}

std::vector<const WordDiagnosis*> asked_words(const std::vector<Diagnosis>& diagnoses) {
  std::vector<const WordDiagnosis*> words;
  for (const Diagnosis& diagnosis : diagnoses) {
    for (const WordDiagnosis& word : diagnosis.words) {
      if (was_analyzed(word)) words.push_back(&word);
    }
  }
  return words;
}

/// The (1 − kFalseSeen) quantile of how much more one random region costs than the others.
double seen_threshold(const std::vector<const WordDiagnosis*>& words) {
  std::vector<double> excess;
  for (const WordDiagnosis* word : words) {
    const auto& draws = word->counterfactuals.elsewhere_masked;
    if (draws.size() < 2) continue;
    for (const double draw : draws) {
      const double others = (mean(draws) * double(draws.size()) - draw) / double(draws.size() - 1);
      excess.push_back(others - draw);
    }
  }
  if (excess.empty()) return VerdictThresholds{}.seen;
  const auto at = std::size_t((1 - kFalseSeen) * double(excess.size() - 1));
  std::nth_element(excess.begin(), excess.begin() + std::ptrdiff_t(at), excess.end());
  return std::max(excess[at], 0.01);
}

double prior_threshold(const std::vector<const WordDiagnosis*>& words) {
  double best = 0.05;
  for (double threshold = 0.05; threshold <= kMaxOfPrior + 1e-9; threshold += 0.05) {
    std::vector<const WordDiagnosis*> prior;
    for (const WordDiagnosis* word : words) {
      if (largest_change(*word) <= threshold) prior.push_back(word);
    }
    if (prior.size() < 10) continue;
    const MeanFall fall = mean_fall(prior);
    if (std::abs(fall.difference) <= fall.half_width) best = threshold;
  }
  return best;
}

}  // namespace

Dataset half_of(const Dataset& dataset, bool odd) {
  Dataset half;
  half.warnings = dataset.warnings;
  for (std::size_t i = odd ? 1 : 0; i < dataset.images.size(); i += 2) {
    half.images.push_back(dataset.images[i]);
  }
  return half;
}

at::Tensor mean_annotation(const Captioner& captioner, const Dataset& dataset, std::size_t images,
                           const Progress& progress) {
  torch::InferenceMode guard;
  const Bundle& bundle = captioner.bundle();
  Encoder encoder = bundle.encoder;
  const int S = bundle.config.input.size;
  const std::size_t count = std::min(images, dataset.images.size());
  if (count == 0) throw std::invalid_argument("the mean annotation needs at least one image");
  at::Tensor sum;
  for (std::size_t n = 0; n < count; ++n) {
    const CaptionedImage& image = dataset.images[n * dataset.images.size() / count];
    at::Tensor pixels = at::empty({1, 3, S, S});
    prepare_into(load_image(image.file), bundle.config.input, pixels.data_ptr<float>());
    const Features features = encoder->forward(pixels);
    const at::Tensor mean = features.values.mean(at::IntArrayRef{0, 1}).cpu().to(at::kDouble);
    sum = sum.defined() ? sum + mean : mean;
    if (progress) progress(n + 1, count);
  }
  return (sum / double(count)).to(at::kFloat);
}

std::vector<Diagnosis> analyze_planted(const WordAnalyzer& analyzer, const Captioner& captioner,
                                       const Dataset& dataset,
                                       const std::vector<PlantedMistake>& planted,
                                       const DiagnosisOptions& options, const Progress& progress) {
  std::vector<Diagnosis> diagnoses;
  for (const PlantedMistake& mistake : planted) {
    TokenizedSentence sentence;
    sentence.words = mistake.words;
    sentence.ids = captioner.bundle().vocabulary.encode(mistake.words);
    diagnoses.push_back(
        analyzer.analyze(load_image(dataset.images.at(mistake.image).file), sentence, options));
    if (progress) progress(diagnoses.size(), planted.size());
  }
  return diagnoses;
}

EvidenceTable evidence_table(const std::vector<PlantedMistake>& planted,
                             const std::vector<Diagnosis>& diagnoses) {
  EvidenceTable table;
  for (std::size_t s = 0; s < diagnoses.size(); ++s) {
    for (std::size_t t = 0; t < diagnoses[s].words.size(); ++t) {
      if (!was_analyzed(diagnoses[s].words[t])) continue;
      table.rows.push_back(evidence_of(diagnoses[s], t));
      table.planted.push_back(t == planted.at(s).position);
      table.sentence.push_back(s);
    }
  }
  return table;
}

double ranked_first(const std::vector<double>& scores, const EvidenceTable& table) {
  std::map<std::size_t, std::size_t> best;  // sentence → row
  for (std::size_t n = 0; n < scores.size(); ++n) {
    const auto [found, is_new] = best.emplace(table.sentence[n], n);
    if (!is_new && scores[n] > scores[found->second]) found->second = n;
  }
  double hits = 0;
  for (const auto& [sentence, row] : best) hits += table.planted[row] ? 1 : 0;
  return best.empty() ? 0 : hits / double(best.size());
}

VerdictModel fit_verdict_model(const std::vector<PlantedMistake>& planted,
                               const std::vector<Diagnosis>& diagnoses,
                               const at::Tensor& mean_annotation) {
  const EvidenceTable table = evidence_table(planted, diagnoses);
  VerdictModel model;
  model.suspicion = fit_logistic(table.rows, table.planted, kRidge);
  std::vector<double> scores;
  for (const auto& row : table.rows) scores.push_back(model.suspicion.probability(row));
  const auto words = asked_words(diagnoses);
  model.thresholds.misrecognised = best_f1_threshold(scores, table.planted);
  model.thresholds.seen = seen_threshold(words);
  model.thresholds.language_prior = prior_threshold(words);
  if (mean_annotation.defined()) {
    const at::Tensor dense = mean_annotation.to(at::kCPU, at::kFloat).contiguous();
    model.mean_annotation.assign(dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel());
  }
  model.fitted = {{"sentences", diagnoses.size()},
                  {"words", table.rows.size()},
                  {"auroc_on_these", auroc(scores, table.planted)},
                  {"ranked_first_on_these", ranked_first(scores, table)}};
  return model;
}

MeanFall mean_fall(const std::vector<const WordDiagnosis*>& words) {
  MeanFall fall;
  fall.words = words.size();
  if (words.empty()) return fall;
  std::vector<double> differences;
  for (const WordDiagnosis* word : words) {
    const double region = word->counterfactuals.log_p - word->counterfactuals.region_masked;
    const double elsewhere =
        word->counterfactuals.log_p - mean(word->counterfactuals.elsewhere_masked);
    fall.region += region / double(words.size());
    fall.elsewhere += elsewhere / double(words.size());
    differences.push_back(region - elsewhere);
  }
  fall.difference = mean(differences);
  double square = 0;
  for (const double one : differences) square += (one - fall.difference) * (one - fall.difference);
  const auto n = double(differences.size());
  if (n > 1) fall.half_width = 1.96 * std::sqrt(square / (n - 1) / n);
  return fall;
}

}  // namespace saccade
