#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/text/vocabulary.h"

namespace saccade {

/// Rules on words that every search obeys. <pad> and <start> are never chosen.
struct WordConstraints {
  std::int64_t min_length = 1;   ///< words before the end word may come; 0: an empty caption may be
  std::int64_t max_length = 30;  ///< words at most, ≥ 1; the end word does not count
  std::int64_t no_repeat_ngram = 0;  ///< no sequence of this many words twice; 0: no such rule
  bool ban_unknown = true;           ///< <unk> is never chosen
  /// Nats that a beam search takes off the rank of a path for each content word that it says again;
  /// 0: none. A word's log p stays the model's own.
  double repeat_penalty = 0;
  /// V, which words are content words; needed where repeat_penalty > 0, see content_words.
  std::shared_ptr<const std::vector<bool>> content;
};

/// Which words of a vocabulary are content words, see is_content_word. None of the special ones is.
std::vector<bool> content_words(const Vocabulary& vocabulary);

/// @throws std::invalid_argument for lengths or an n-gram size that make no sense.
void check(const WordConstraints& constraints);

// Each rule takes log p (R×V, float, on the CPU) and sets what it forbids to −∞, in place.

/// The same words for every row.
void ban_words(const at::Tensor& log_p, const std::vector<std::int64_t>& ids);

/// Words that would repeat a sequence of n words of their row's past. @param pasts  R, the words so
/// far; @param n ≥ 1.
void ban_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                 std::int64_t n);

/// Takes `penalty` off content words of their row's past. @param content  V
void penalize_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                      const std::vector<bool>& content, double penalty);

/// All the rules at once, for rows that all have `length` words. `pasts` is read only where
/// no_repeat_ngram or repeat_penalty > 0.
void constrain(const at::Tensor& log_p, const WordConstraints& constraints, std::int64_t length,
               const std::vector<std::vector<std::int64_t>>& pasts);

}  // namespace saccade
