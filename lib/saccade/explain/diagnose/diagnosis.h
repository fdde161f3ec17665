#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"

namespace saccade {

/// What was found about a word. It says how the model's own log p reacts, not what the photograph
/// shows: attention and masking are evidence, not proof.
enum class Verdict {
  seen,            ///< log p falls when the word's region is hidden, and not when others are
  language_prior,  ///< log p stays whatever is hidden: the words before it say it
  misrecognised,   ///< it hangs on the photograph, but another word fits there better
  unsure           ///< none of these clearly
};

/// "seen", "language prior", "misrecognised", "unsure".
const char* to_string(Verdict verdict);

/// How strongly the model says one word at one place when it is asked again. All are log p, natural
/// logarithm, ≤ 0, given the words before it.
struct Counterfactuals {
  double log_p = 0;           ///< of the photograph as it is
  double region_masked = 0;   ///< the word's region replaced by the image's mean annotation
  double region_blurred = 0;  ///< the pixels there blurred: a second opinion
  std::vector<double> elsewhere_masked;  ///< as many cells elsewhere masked, one per seeded draw
  double no_image = 0;                   ///< every cell the mean annotation of the training set
};

/// How likely a caption that the model writes by itself holds the word, wherever in it (see
/// word_presence). Natural logarithm.
struct Presence {
  double log_p = 0;           ///< of this photograph
  double log_p_no_image = 0;  ///< of any
};

/// Another word at the same place, followed through the same maskings.
struct ContrastWord {
  std::string word;
  bool same_kind = false;  ///< a word of the same kind (WordNet, embeddings); else any content word
  Counterfactuals counterfactuals;
  double sentence_log_prob = 0;           ///< of the whole sentence with this word in place
  double sentence_log_prob_no_image = 0;  ///< the same without the image
  Presence presence;
};

struct WordDiagnosis {
  std::string word;
  bool known = true;     ///< whether the vocabulary has it; the model reads <unk> where not
  bool content = false;  ///< a word about the photograph, not one of grammar. Only a known content
                         ///< word is asked about: the others have no region, rivals or verdict
  Verdict verdict = Verdict::unsure;
  double suspicion = 0;  ///< 0…1, by which words are ranked: how likely a mistake; 0 if not asked
  Counterfactuals counterfactuals;  ///< only log_p where the word is not asked about
  Presence presence;
  std::vector<std::int64_t> region;     ///< the cells hidden: the fewest that hold half of α
  std::vector<ContrastWord> contrasts;  ///< by falling sentence_log_prob
};

/// A sentence and a photograph, judged word by word.
struct Diagnosis {
  Caption caption;                   ///< the sentence with its maps; as many words as `words`
  std::vector<WordDiagnosis> words;  ///< in the order of the sentence
  double log_prob_no_image = 0;      ///< of the whole sentence without the image
  bool fitted = false;  ///< suspicion and thresholds are the bundle's own, fitted to this model
};

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
const ContrastWord* best_contrast(const WordDiagnosis& word);

}  // namespace saccade
