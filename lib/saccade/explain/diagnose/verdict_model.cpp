#include "saccade/explain/diagnose/verdict_model.h"

#include <algorithm>
#include <stdexcept>

#include <torch/types.h>

#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/model/bundle/fitted_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr FittedFile kVerdicts{kVerdictFile, "saccade-verdicts", 1, "saccade model fit-verdicts"};

bool has_better_contrast(const WordDiagnosis& word, double own) {
  return std::any_of(
      word.contrasts.begin(), word.contrasts.end(),
      [&](const ContrastWord& contrast) { return contrast.sentence_log_prob > own; });
}

Verdict verdict_of(const WordDiagnosis& word, double own, const VerdictThresholds& thresholds) {
  const Counterfactuals& counterfactuals = word.counterfactuals;
  if (word.suspicion >= thresholds.misrecognised && has_better_contrast(word, own)) {
    return Verdict::misrecognised;
  }
  const double elsewhere = mean(counterfactuals.elsewhere_masked);
  if (elsewhere - counterfactuals.region_masked >= thresholds.seen &&
      counterfactuals.log_p - counterfactuals.region_masked >= thresholds.seen) {
    return Verdict::seen;
  }
  return largest_change(word) <= thresholds.language_prior ? Verdict::language_prior
                                                           : Verdict::unsure;
}

VerdictModel read(JsonFields& fields) {
  VerdictModel model;
  const auto& mean = fields.at("mean_annotation");
  if (!mean.is_array()) fields.refuse("mean_annotation", "a list of numbers");
  for (const double value : fields.numbers("mean_annotation", mean.size())) {
    model.mean_annotation.push_back(static_cast<float>(value));
  }
  model.suspicion = read_logistic(fields.object("suspicion"), "evidence", evidence_names());
  JsonFields thresholds = fields.object("thresholds");
  model.thresholds.misrecognised = thresholds.number("misrecognised", 0, 1);
  model.thresholds.seen = thresholds.number("seen", 0, 100);
  model.thresholds.language_prior = thresholds.number("language_prior", 0, 100);
  thresholds.finish();
  model.fitted = fields.at("fitted");
  if (!model.fitted.is_object()) fields.refuse("fitted", "an object");
  return model;
}

}  // namespace

at::Tensor mean_annotation_of(const VerdictModel& model) {
  return model.mean_annotation.empty() ? at::Tensor() : torch::tensor(model.mean_annotation);
}

VerdictModel default_verdict_model() {
  VerdictModel model;
  const auto& names = evidence_names();
  model.suspicion.mean.assign(names.size(), 0);
  model.suspicion.scale.assign(names.size(), 1);
  model.suspicion.weights.assign(names.size(), 0);
  const auto weigh = [&](const char* name, double weight) {
    const auto at = std::find(names.begin(), names.end(), name) - names.begin();
    model.suspicion.weights[static_cast<std::size_t>(at)] = weight;
  };
  weigh("kind_sentence_sum", 0.5);
  weigh("kind_sentence_by_image_sum", 0.5);
  model.suspicion.bias = -4;
  return model;
}

void classify(Diagnosis& diagnosis, const VerdictModel& model) {
  for (std::size_t t = 0; t < diagnosis.words.size(); ++t) {
    WordDiagnosis& word = diagnosis.words[t];
    if (!was_analyzed(word)) continue;
    word.suspicion = model.suspicion.probability(evidence_of(diagnosis, t));
    word.verdict = verdict_of(word, diagnosis.caption.log_prob, model.thresholds);
  }
  diagnosis.fitted = !model.fitted.is_null();
}

std::optional<VerdictModel> load_verdict_model(const fs::path& bundle) {
  VerdictModel model;
  const bool found =
      read_fitted_file(bundle, kVerdicts, [&](JsonFields& fields) { model = read(fields); });
  if (!found) return std::nullopt;
  return model;
}

VerdictModel verdict_model_of(const fs::path& bundle) {
  return load_verdict_model(bundle).value_or(default_verdict_model());
}

void save_verdict_model(const fs::path& bundle, const VerdictModel& model) {
  nlohmann::ordered_json json;
  json["fitted"] = model.fitted.is_null() ? nlohmann::json::object() : model.fitted;
  json["thresholds"] = {{"misrecognised", model.thresholds.misrecognised},
                        {"seen", model.thresholds.seen},
                        {"language_prior", model.thresholds.language_prior}};
  auto& evidence = json["suspicion"];
  evidence["bias"] = model.suspicion.bias;
  for (std::size_t f = 0; f < evidence_names().size(); ++f) {
    evidence["evidence"][evidence_names()[f]] = {{"mean", model.suspicion.mean.at(f)},
                                                 {"scale", model.suspicion.scale.at(f)},
                                                 {"weight", model.suspicion.weights.at(f)}};
  }
  json["mean_annotation"] = model.mean_annotation;
  write_fitted_file(bundle, kVerdicts, json);
}

}  // namespace saccade
