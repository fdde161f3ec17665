#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "saccade/metrics/tokens.h"

namespace saccade {

/// What a score does not say: whether a system writes captions or repeats a few. Shares are 0…1.
struct Diversity {
  std::int64_t captions = 0;
  std::int64_t distinct = 0;    ///< different captions
  std::int64_t vocabulary = 0;  ///< different words
  double mean_length = 0;       ///< words
  double dangling = 0;          ///< share that ends in a word like "a" or "with"; see is_dangling
  double repeating = 0;         ///< share that says a content word twice; see is_content_word
  double self_bleu = 0;  ///< mean BLEU-4 of each caption against all the others; low is diverse
  std::optional<double> in_training_set;  ///< share that stands there word for word
};

/// In time proportional to the text.
/// @param training  every training caption, when known.
Diversity measure_diversity(const std::vector<Tokens>& captions,
                            const std::vector<Tokens>* training = nullptr);

}  // namespace saccade
