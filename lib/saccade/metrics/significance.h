#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "saccade/metrics/scores.h"

namespace saccade {

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
