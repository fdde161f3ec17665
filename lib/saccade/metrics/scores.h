#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "saccade/metrics/bleu.h"
#include "saccade/metrics/meteor.h"

namespace saccade {

/// The corpus scores, in the order of kScoreNames.
enum ScoreIndex : std::size_t {
  kBleu1,  // up to kBleu4
  kBleu4 = kBleu1 + 3,
  kBleu1WithoutPenalty,  // up to kBleu4WithoutPenalty
  kBleu4WithoutPenalty = kBleu1WithoutPenalty + 3,
  kRougeL,
  kCider,
  kMeteorWn,
  kScoreCount
};
extern const std::array<const char*, kScoreCount> kScoreNames;

/// Indexed by ScoreIndex, on the scales of the reference implementation: BLEU, ROUGE-L and
/// METEOR-wn 0…1, CIDEr-D 0…10.
using Scores = std::array<double, kScoreCount>;

/// The contribution of one image to the corpus scores, or a sum of such contributions.
struct ImageScores {
  BleuCounts bleu;
  double rouge_l = 0;
  double cider = 0;
  MeteorCounts meteor;

  ImageScores& operator+=(const ImageScores& other);
};

/// The scores of a corpus from the sum over its `images` images: BLEU and METEOR-wn of the summed
/// counts, the mean of the others. For a single image, these are its own scores.
Scores corpus_scores(const ImageScores& sum, std::size_t images);

}  // namespace saccade
