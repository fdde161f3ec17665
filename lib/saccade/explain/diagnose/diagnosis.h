#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"

namespace saccade {

/// The verdict on a word. It describes how the model's log p reacts, not what the image shows:
/// attention and masking are evidence, not proof.
enum class Verdict {
  seen,            ///< log p drops when the word's region is hidden, but not for other regions
  language_prior,  ///< log p stays the same whatever is hidden: the words before it predict it
  misrecognised,   ///< the word depends on the image, but another word fits better
  unsure           ///< none of these clearly
};

/// "seen", "language prior", "misrecognised", "unsure".
const char* to_string(Verdict verdict);

/// The model's log p of one word at one position, given the words before it, for the image and for
/// modified versions of it. Natural logarithms, ≤ 0.
struct Counterfactuals {
  double log_p = 0;           ///< with the unmodified image
  double region_masked = 0;   ///< with the word's region replaced by the image's mean annotation
  double region_blurred = 0;  ///< with the pixels of the region blurred, as a second measurement
  std::vector<double> elsewhere_masked;  ///< with as many cells masked elsewhere, one per sample
  double no_image = 0;  ///< with every cell replaced by the mean annotation of the training set
};

/// The log probability that a caption written freely by the model contains the word at any position
/// (see word_presence). Natural logarithm.
struct Presence {
  double log_p = 0;           ///< given this image
  double log_p_no_image = 0;  ///< without an image
};

/// Another word at the same position, evaluated with the same masks.
struct ContrastWord {
  std::string word;
  bool same_kind = false;  ///< of the same kind as the word (WordNet, embeddings)
  Counterfactuals counterfactuals;
  double sentence_log_prob = 0;           ///< of the whole sentence with this word in it
  double sentence_log_prob_no_image = 0;  ///< the same without the image
  Presence presence;
};

struct WordDiagnosis {
  std::string word;
  bool known = true;  ///< whether the vocabulary has it; if not, the model reads <unk>
  /// A content word, not a function word. Only known content words are analyzed; the others have no
  /// region, contrast words or verdict.
  bool content = false;
  Verdict verdict = Verdict::unsure;
  double suspicion = 0;             ///< 0…1, how likely the word is a mistake; 0 if not analyzed
  Counterfactuals counterfactuals;  ///< only log_p if the word is not analyzed
  Presence presence;
  std::vector<std::int64_t> region;     ///< the hidden cells: the fewest that hold half of α
  std::vector<ContrastWord> contrasts;  ///< by descending sentence_log_prob
};

/// An image and a sentence, analyzed word by word.
struct Diagnosis {
  Caption caption;                   ///< the sentence with its maps, as many words as `words`
  std::vector<WordDiagnosis> words;  ///< in the order of the sentence
  double log_prob_no_image = 0;      ///< of the whole sentence without the image
  bool fitted = false;               ///< whether suspicion and thresholds were fitted to this model
};

/// A diagnosis as JSON:
///   {"image", "caption", "log_prob", "log_prob_no_image", "fitted", "note",
///    "grid": {"rows", "cols"},
///    "words": [{"word", "known", "content", "log_p", "verdict", "suspicion"}]}
/// Analyzed words also have
///   "counterfactuals": {"log_p", "region_masked", "region_blurred", "elsewhere_masked": [],
///                       "no_image"},
///   "presence": {"log_p", "log_p_no_image"}, "region": [cells],
///   "rivals": [{"word", "same_kind", "sentence_log_prob", "sentence_log_prob_no_image",
///               "counterfactuals", "presence"}]
/// All log p are natural logarithms. Words that are not analyzed (function words and unknown words)
/// have the verdict null and the suspicion 0.
/// @param image  the name of the image, as the user gave it.
nlohmann::ordered_json diagnosis_json(const Diagnosis& diagnosis, const std::string& image);

/// The note to show together with verdicts.
constexpr char kEvidenceNote[] =
    "Verdicts describe how the model's log p changes when parts of the photograph are hidden or "
    "words are replaced. They are evidence about the model, not proof of what the photograph "
    "shows.";

/// The reason for the verdict in one sentence, with differences of log p in nats, e.g. "hiding its
/// region costs 3.1, another region costs 0.4, the whole image costs 5.0". Empty for a word that
/// was not analyzed.
/// @param log_prob  of the whole sentence.
std::string reason_of(const WordDiagnosis& word, double log_prob);

/// The contrast word that makes the sentence most likely, of the same kind if there is one; null if
/// the word has no contrast words.
const ContrastWord* best_contrast(const WordDiagnosis& word);

}  // namespace saccade
