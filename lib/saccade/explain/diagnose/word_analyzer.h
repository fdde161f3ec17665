#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/caption/captioner.h"
#include "saccade/caption/forced_decoding.h"
#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/text/wordnet/word_kinds.h"

namespace saccade {

/// A word of the sentence and a contrast word to evaluate in its place, of any kind.
struct RequestedContrast {
  std::string word, contrast;
};

/// How every content word is analyzed.
struct DiagnosisOptions {
  double region_share = 0.5;                 ///< share of α that a word's region holds
  double region_max = 0.25;                  ///< maximum size of a region, as a share of all cells
  std::int64_t draws = 4;                    ///< random regions elsewhere, for comparison
  std::int64_t contrasts_of_kind = 10;       ///< contrast words of the same kind
  std::int64_t other_contrasts = 4;          ///< contrast words of other kinds
  bool blur = true;                          ///< also blur the region, which runs the encoder again
  std::uint64_t seed = 1;                    ///< of the random regions and the sampled captions
  std::vector<RequestedContrast> requested;  ///< in addition to the chosen contrast words
};

/// Re-evaluates the words of a sentence: with their regions hidden, with other regions hidden,
/// without the image, and with other words in their place. All members are const and may be called
/// from several threads.
class WordAnalyzer {
 public:
  /// @param captioner        must outlive this object. Hard attention uses its argmax.
  /// @param kinds            of the words of the captioner's vocabulary; null: no word has a kind.
  /// @param mean_annotation  D, the mean over the training images; undefined: the annotation of an
  ///                         image of the mean color.
  /// @throws std::invalid_argument for a mean annotation of the wrong size.
  WordAnalyzer(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
               const at::Tensor& mean_annotation = {});
  ~WordAnalyzer();
  WordAnalyzer(WordAnalyzer&&) noexcept;

  /// Collects the evidence about every word. `classify` adds suspicion and verdicts.
  /// @param pixels  3×S×S, as returned by `prepare`.
  /// @throws std::invalid_argument for a requested word that is not a known content word of the
  ///         sentence, or a requested contrast word that the model does not know.
  Diagnosis analyze(const at::Tensor& pixels, const Placement& placement,
                    const TokenizedSentence& sentence, const DiagnosisOptions& options = {}) const;
  Diagnosis analyze(const Image& image, const TokenizedSentence& sentence,
                    const DiagnosisOptions& options = {}) const;

  /// Whether a word of the vocabulary is a content word and thus analyzed.
  bool is_content(std::int64_t id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
