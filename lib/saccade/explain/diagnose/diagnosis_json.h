#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "saccade/explain/diagnose/diagnosis.h"

namespace saccade {

/// A diagnosis as data: {"image", "caption", "log_prob", "log_prob_no_image", "fitted", "note",
/// "grid" {"rows", "cols"}, "words": [{"word", "known", "content", "log_p", "verdict", "suspicion",
/// and where the word was asked about "counterfactuals" {"log_p", "region_masked",
/// "region_blurred", "elsewhere_masked" [], "no_image"}, "presence" {"log_p", "log_p_no_image"},
/// "region" [cells], "rivals": [{"word", "same_kind", "counterfactuals", "presence",
/// "sentence_log_prob", "sentence_log_prob_no_image"}]}]}. All log p are natural logarithms. A word
/// that was not asked about (of grammar, or unknown) has the verdict null and the suspicion 0.
/// @param image  the photograph's name, as the user gave it.
nlohmann::ordered_json diagnosis_json(const Diagnosis& diagnosis, const std::string& image);

/// What to say wherever verdicts are shown.
constexpr char kEvidenceNote[] =
    "Verdicts say how the model's own log p reacts when parts of the photograph are hidden or "
    "words replaced. That is evidence about the model, not proof of what the photograph shows.";

/// The verdict's reason in a sentence with the numbers behind it, e.g. "hiding where it looked
/// costs 3.1 nats, hiding other places 0.4"; empty for a word that was not asked about.
std::string reason_of(const WordDiagnosis& word, double log_prob);

/// The rival that makes the sentence likeliest, or null for none; of the same kind if one is there.
const Rival* best_rival(const WordDiagnosis& word);

}  // namespace saccade
