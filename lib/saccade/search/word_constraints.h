#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

/// Rules on words that every search obeys. <pad> and <start> are never chosen.
struct WordConstraints {
  std::int64_t min_length = 1;   ///< words before the end word may come; 0: an empty caption may be
  std::int64_t max_length = 30;  ///< words at most, ≥ 1; the end word does not count
  std::int64_t no_repeat_ngram = 0;  ///< no sequence of this many words twice; 0: no such rule
  bool ban_unknown = true;           ///< <unk> is never chosen
};

/// @throws std::invalid_argument for lengths or an n-gram size that make no sense.
void check(const WordConstraints& constraints);

// Each rule takes log p (R×V, float, on the CPU) and sets what it forbids to −∞, in place.

/// The same words for every row.
void ban_words(const at::Tensor& log_p, const std::vector<std::int64_t>& ids);

/// Words that would repeat a sequence of n words of their row's past. @param pasts  R, the words so
/// far; @param n ≥ 1.
void ban_repeats(const at::Tensor& log_p, const std::vector<std::vector<std::int64_t>>& pasts,
                 std::int64_t n);

/// All the rules at once, for rows that all have `length` words. `pasts` is read only where
/// no_repeat_ngram > 0.
void constrain(const at::Tensor& log_p, const WordConstraints& constraints, std::int64_t length,
               const std::vector<std::vector<std::int64_t>>& pasts);

}  // namespace saccade
