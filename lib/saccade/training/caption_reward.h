#pragma once

#include <cstdint>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/metrics/bleu.h"
#include "saccade/metrics/cider.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// What self-critical training is rewarded by: a mixture of CIDEr-D, its document frequency from
/// the training captions, and of the sentence's BLEU-4 with one added to the counts of n > 1 (Lin
/// and Och 2004), against the image's own captions. The end counts as a word in both, so that a
/// caption that breaks off ("a dog in a") misses the n-grams of a proper end.
class CaptionReward {
 public:
  CaptionReward(const Dataset& train, const SelfCriticalConfig& config);

  /// @param finished  the caption ended by itself.
  /// @param image     its place in the data set.
  double operator()(Tokens caption, bool finished, std::size_t image);

 private:
  std::vector<References> references_;
  CiderScorer cider_;
  BleuCounter bleu_;
  double cider_weight_, bleu_weight_;
};

}  // namespace saccade
