#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/text/vocabulary.h"

namespace saccade {

/// Constraints on the words that a search may choose. <pad> and <start> are never chosen.
struct WordConstraints {
  std::int64_t min_length = 1;   ///< minimum words before the end word; 0 allows an empty caption
  std::int64_t max_length = 30;  ///< maximum words, ≥ 1 and ≥ min_length, without the end word
  std::int64_t no_repeat_ngram = 0;  ///< no sequence of this many words occurs twice; 0: off
  bool ban_unknown = true;           ///< <unk> is never chosen
  /// Nats that beam search subtracts from the rank of a path for each repeated content word, ≥ 0;
  /// 0: off. Does not change the reported log p.
  double repeat_penalty = 0;
  /// V, whether each word is a content word (see content_words); required for repeat_penalty > 0.
  std::shared_ptr<const std::vector<bool>> content;
};

/// V, whether each word of a vocabulary is a content word, see is_content_word. The special words
/// are not.
std::vector<bool> content_words(const Vocabulary& vocabulary);

/// @throws std::invalid_argument for the first value that is out of range.
void check(const WordConstraints& constraints);

// The following functions modify log_p (R×V, float, on the CPU) in place. A banned word gets −∞.

/// Bans the same words in every row.
void ban_words(const at::Tensor& log_p, const std::vector<std::int64_t>& ids);

/// Bans the words that would repeat a sequence of n words of their row.
/// @param pasts  R, the words of each row so far
/// @param n      ≥ 1
void ban_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                 std::int64_t n);

/// Subtracts `penalty` from the content words that already occur in their row.
/// @param pasts    R, the words of each row so far
/// @param content  V, whether each word is a content word
void penalize_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                      const std::vector<bool>& content, double penalty);

/// Applies all constraints to rows of `length` words each.
/// @param pasts  R, the words of each row so far; read only for no_repeat_ngram or
///               repeat_penalty > 0
void constrain(const at::Tensor& log_p, const WordConstraints& constraints, std::int64_t length,
               const std::vector<std::vector<std::int64_t>>& pasts);

}  // namespace saccade
