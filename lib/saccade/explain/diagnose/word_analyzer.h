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

/// A word of the sentence and one that is to be followed in its place, whatever its kind.
struct RequestedContrast {
  std::string word, contrast;
};

/// What is asked about every content word.
struct DiagnosisOptions {
  double region_share = 0.5;                 ///< of α that a word's region holds
  double region_max = 0.25;                  ///< of all cells that a region may have
  std::int64_t draws = 4;                    ///< regions elsewhere
  std::int64_t contrasts_of_kind = 10;       ///< words of the same kind that are followed
  std::int64_t other_contrasts = 4;          ///< content words of any other kind
  bool blur = true;                          ///< the second opinion, which asks the encoder again
  std::uint64_t seed = 1;                    ///< of the draws and of the captions sampled
  std::vector<RequestedContrast> requested;  ///< besides the rivals that are chosen
};

/// Asks a model again about the words of a sentence: with their regions hidden, with others hidden,
/// without the image, and with other words in their place. Const and safe to share between threads.
class WordAnalyzer {
 public:
  /// @param captioner        must outlive this object; hard attention is asked by its argmax.
  /// @param kinds            of the captioner's vocabulary; null: no word has a kind.
  /// @param mean_annotation  D, of the training images; undefined: that of a picture of the mean
  ///                         colour.
  WordAnalyzer(const Captioner& captioner, std::shared_ptr<const WordKinds> kinds,
               const at::Tensor& mean_annotation = {});
  ~WordAnalyzer();
  WordAnalyzer(WordAnalyzer&&) noexcept;

  /// All the evidence there is; verdicts and suspicion are left to `judge`.
  /// @param pixels  3×S×S as `prepare` yields them.
  /// @throws std::invalid_argument for a word of requested that the sentence does not hold as a
  ///         content word, or a rival that the model does not know.
  Diagnosis analyze(const at::Tensor& pixels, const Placement& placement,
                    const TokenizedSentence& sentence, const DiagnosisOptions& options = {}) const;
  Diagnosis analyze(const Image& image, const TokenizedSentence& sentence,
                    const DiagnosisOptions& options = {}) const;

  /// Whether the words of the vocabulary are asked about.
  bool is_content(std::int64_t id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
