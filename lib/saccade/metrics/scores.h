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

struct Interval {
  double low = 0, high = 0;
};
using Intervals = std::array<Interval, kScoreCount>;

/// The difference between two systems on the same images, by score.
struct Comparison {
  Scores difference{};   ///< first − second
  Intervals interval{};  ///< 95 %, by bootstrap over images
  Scores p_value{};      ///< two-sided, by approximate randomization
};

/// The 95 % percentile interval of each corpus score over `resamples` sets of images sampled with
/// replacement (Efron 1979; for BLEU, Koehn 2004). CIDEr uses the document frequency of the whole
/// set. The same seed gives the same interval on every machine.
/// @throws std::invalid_argument if there are no images or no resamples.
Intervals bootstrap_intervals(const std::vector<ImageScores>& images, std::size_t resamples,
                              std::uint64_t seed);

/// Tests whether two systems differ significantly. The p-value is the share of random swaps of
/// their captions, image by image, that give at least the same difference (Noreen 1989); the
/// interval of the difference is a bootstrap.
/// @param first,second  scores of the same images in the same order.
/// @throws std::invalid_argument if the sizes differ, or there are no images or no resamples.
Comparison compare(const std::vector<ImageScores>& first, const std::vector<ImageScores>& second,
                   std::size_t resamples, std::uint64_t seed);

}  // namespace saccade
