#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "saccade/metrics/ngrams.h"

namespace saccade {

/// The counts behind BLEU. The counts of a corpus are the sum of the counts of its captions.
struct BleuCounts {
  std::array<std::int64_t, kMaxOrder> matched{};  ///< n-grams also in a reference, clipped
  std::array<std::int64_t, kMaxOrder> total{};    ///< n-grams of the hypothesis
  std::int64_t hypothesis_length = 0;
  std::int64_t reference_length = 0;  ///< closest reference length; the shorter of two

  BleuCounts& operator+=(const BleuCounts& other);
};

/// Each array holds BLEU-1 … BLEU-4, 0…1.
struct BleuScore {
  std::array<double, kMaxOrder> bleu{};                     ///< with the brevity penalty
  std::array<double, kMaxOrder> without_brevity_penalty{};  ///< as reported by Xu et al. 2015
  double brevity_penalty = 1;
  BleuCounts counts;
};

/// BLEU of counts, with the smoothing of coco-caption, the reference scorer: 1e-15 is added to the
/// number of matches and 1e-9 to the total, so a caption without matches scores slightly above 0.
BleuScore bleu(const BleuCounts& counts);

/// Corpus BLEU (Papineni et al. 2002) with the closest reference length.
/// @param references  one list per hypothesis, each with at least one reference.
/// @throws std::invalid_argument if the sizes differ, there are no hypotheses, or a list is empty.
BleuScore bleu(const std::vector<Tokens>& hypotheses, const std::vector<References>& references);

/// Counts n-grams caption by caption and reuses its memory. Not thread-safe.
class BleuCounter {
 public:
  /// @throws std::invalid_argument if there are no references.
  BleuCounts count(const Tokens& hypothesis, const References& references);

 private:
  WordNumbers words_;
  NgramNumbers ngrams_;
  std::vector<std::uint32_t> encoded_, hypothesis_counts_, best_counts_, reference_counts_;
  std::vector<std::uint8_t> orders_;
};

}  // namespace saccade
