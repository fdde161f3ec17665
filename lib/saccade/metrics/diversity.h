#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "saccade/metrics/ngrams.h"

namespace saccade {

/// The diversity of a set of captions: shows whether a system repeats a few captions. Shares are
/// 0…1.
struct Diversity {
  std::int64_t captions = 0;
  std::int64_t distinct = 0;    ///< number of different captions
  std::int64_t vocabulary = 0;  ///< number of different words
  double mean_length = 0;       ///< in words
  double dangling = 0;          ///< share that ends with a word like "a" or "with"; see is_dangling
  double repeating = 0;         ///< share that contains a content word twice; see is_content_word
  double self_bleu = 0;  ///< mean BLEU-4 of each caption against all others; lower is more diverse
  std::optional<double> in_training_set;  ///< share that is verbatim in the training set
};

/// Measures diversity in time proportional to the length of the text.
/// @param training  all training captions, if known.
Diversity measure_diversity(const std::vector<Tokens>& captions,
                            const std::vector<Tokens>* training = nullptr);

}  // namespace saccade
