#include "saccade/explain/diagnose/diagnosis.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/io/unicode.h"

namespace saccade {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::seen:
      return "seen";
    case Verdict::language_prior:
      return "language prior";
    case Verdict::misrecognised:
      return "misrecognised";
    case Verdict::unsure:
      return "unsure";
  }
  throw std::invalid_argument("unknown Verdict");
}

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Counterfactuals& counterfactuals) {
  return {{"log_p", counterfactuals.log_p},
          {"region_masked", counterfactuals.region_masked},
          {"region_blurred", counterfactuals.region_blurred},
          {"elsewhere_masked", counterfactuals.elsewhere_masked},
          {"no_image", counterfactuals.no_image}};
}

Json to_json(const Presence& presence) {
  return {{"log_p", presence.log_p}, {"log_p_no_image", presence.log_p_no_image}};
}

Json to_json(const ContrastWord& contrast) {
  return {{"word", contrast.word},
          {"same_kind", contrast.same_kind},
          {"sentence_log_prob", contrast.sentence_log_prob},
          {"sentence_log_prob_no_image", contrast.sentence_log_prob_no_image},
          {"counterfactuals", to_json(contrast.counterfactuals)},
          {"presence", to_json(contrast.presence)}};
}

Json to_json(const WordDiagnosis& word) {
  Json json{{"word", word.word},       {"known", word.known},
            {"content", word.content}, {"log_p", word.counterfactuals.log_p},
            {"verdict", nullptr},      {"suspicion", word.suspicion}};
  if (!was_analyzed(word)) return json;
  json["verdict"] = to_string(word.verdict);
  json["counterfactuals"] = to_json(word.counterfactuals);
  json["presence"] = to_json(word.presence);
  json["region"] = word.region;
  json["rivals"] = Json::array();
  for (const ContrastWord& contrast : word.contrasts) json["rivals"].push_back(to_json(contrast));
  return json;
}

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", std::abs(value) < 0.05 ? 0.0 : value);
  return text;
}

/// Describes the effect of hiding on log p: a drop is a cost, a rise a gain.
std::string cost(double fall) {
  return fall >= -0.05 ? "costs " + one_decimal(fall) : "gains " + one_decimal(-fall);
}

}  // namespace

Json diagnosis_json(const Diagnosis& diagnosis, const std::string& image) {
  Json words = Json::array();
  for (const WordDiagnosis& word : diagnosis.words) words.push_back(to_json(word));
  const Grid& grid = diagnosis.caption.grid;
  return {{"image", path_text(image)},
          {"caption", diagnosis.caption.text},
          {"log_prob", diagnosis.caption.log_prob},
          {"log_prob_no_image", diagnosis.log_prob_no_image},
          {"fitted", diagnosis.fitted},
          {"note", kEvidenceNote},
          {"grid", {{"rows", grid.rows}, {"cols", grid.cols}}},
          {"words", std::move(words)}};
}

const ContrastWord* best_contrast(const WordDiagnosis& word) {
  const ContrastWord* best = nullptr;
  for (const ContrastWord& contrast : word.contrasts) {
    const bool better = !best || (contrast.same_kind && !best->same_kind) ||
                        (contrast.same_kind == best->same_kind &&
                         contrast.sentence_log_prob > best->sentence_log_prob);
    if (better) best = &contrast;
  }
  return best;
}

std::string reason_of(const WordDiagnosis& word, double log_prob) {
  if (!was_analyzed(word)) return "";
  const Counterfactuals& counterfactuals = word.counterfactuals;
  std::string text =
      "hiding its region " + cost(counterfactuals.log_p - counterfactuals.region_masked) +
      ", another region " + cost(counterfactuals.log_p - mean(counterfactuals.elsewhere_masked)) +
      ", the whole image " + cost(counterfactuals.log_p - counterfactuals.no_image);
  if (const ContrastWord* contrast = best_contrast(word)) {
    const double odds = contrast->sentence_log_prob - log_prob;
    text += "; \"" + contrast->word + "\" instead makes the sentence " +
            (odds >= 0 ? "more likely by " : "less likely by ") + one_decimal(std::abs(odds));
  }
  return text;
}

}  // namespace saccade
