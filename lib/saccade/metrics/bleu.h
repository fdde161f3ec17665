#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "saccade/metrics/ngrams.h"
#include "saccade/metrics/tokens.h"

namespace saccade {

/// What BLEU counts. Counts of several captions add up to the counts of a corpus.
struct BleuCounts {
  std::array<std::int64_t, kMaxOrder> matched{};  ///< n-grams found in a reference, clipped
  std::array<std::int64_t, kMaxOrder> total{};    ///< n-grams of the hypothesis
  std::int64_t hypothesis_length = 0;
  std::int64_t reference_length = 0;  ///< of the closest reference; of two as close, the shorter

  BleuCounts& operator+=(const BleuCounts& other);
};

/// Each array holds BLEU-1 … BLEU-4, 0…1.
struct BleuScore {
  std::array<double, kMaxOrder> bleu{};                     ///< with the brevity penalty
  std::array<double, kMaxOrder> without_brevity_penalty{};  ///< as the paper's tables have it
  double brevity_penalty = 1;
  BleuCounts counts;
};

/// BLEU of counts, with the tiny smoothing of the field's reference scorer: 1e-15 added to what
/// matched and 1e-9 to what could, so that a caption without any match has a score just above 0.
BleuScore bleu(const BleuCounts& counts);

/// Corpus BLEU (Papineni et al. 2002) with the closest reference length.
/// @param references  for each hypothesis, one or more.
/// @throws std::invalid_argument when the two differ in number, are none, or an image has no
/// reference.
BleuScore bleu(const std::vector<Tokens>& hypotheses, const std::vector<References>& references);

/// Counts captions one after the other and keeps its memory between them.
class BleuCounter {
 public:
  /// @throws std::invalid_argument without a reference.
  BleuCounts count(const Tokens& hypothesis, const References& references);

 private:
  WordNumbers words_;
  NgramNumbers ngrams_;
  std::vector<std::uint32_t> encoded_, hypothesis_counts_, best_counts_, reference_counts_;
  std::vector<std::uint8_t> orders_;
};

}  // namespace saccade
