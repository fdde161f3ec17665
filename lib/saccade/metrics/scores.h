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
  kBleu1,  // and three more
  kBleu4 = kBleu1 + 3,
  kBleu1WithoutPenalty,  // and three more
  kBleu4WithoutPenalty = kBleu1WithoutPenalty + 3,
  kRougeL,
  kCider,
  kMeteorWn,
  kScoreCount
};
extern const std::array<const char*, kScoreCount> kScoreNames;

/// On the reference implementation's scales: BLEU, ROUGE-L and METEOR-wn 0…1, CIDEr-D 0…10.
using Scores = std::array<double, kScoreCount>;

/// What each image adds to the corpus scores; sums of these make a corpus.
struct ImageScores {
  BleuCounts bleu;
  double rouge_l = 0;
  double cider = 0;
  MeteorCounts meteor;

  ImageScores& operator+=(const ImageScores& other);
};

/// The scores of `images` images with this sum: BLEU and METEOR-wn of the summed counts, the mean
/// of the others. Of the sum of one image they are that image's scores.
Scores corpus_scores(const ImageScores& sum, std::size_t images);

}  // namespace saccade
