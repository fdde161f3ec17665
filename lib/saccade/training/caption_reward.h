#pragma once

#include <cstdint>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/metrics/bleu.h"
#include "saccade/metrics/cider.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// The reward of self-critical training against the image's reference captions: a weighted sum of
/// CIDEr-D, with document frequencies from the training captions, and sentence BLEU-4 with add-one
/// smoothing for n > 1 (Lin and Och 2004). Both count the end token as a word, so that a truncated
/// caption ("a dog in a") lacks the n-grams of a proper end.
class CaptionReward {
 public:
  CaptionReward(const Dataset& train, const SelfCriticalConfig& config);

  /// @param finished  whether the caption ended with the end token.
  /// @param image     index in the data set.
  double operator()(Tokens caption, bool finished, std::size_t image);

 private:
  std::vector<References> references_;  ///< of the images with captions
  std::vector<std::size_t> place_;      ///< per image, its index in references_
  CiderScorer cider_;
  BleuCounter bleu_;
  double cider_weight_, bleu_weight_;
};

}  // namespace saccade
