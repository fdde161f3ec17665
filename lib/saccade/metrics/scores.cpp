#include "saccade/metrics/scores.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

namespace saccade {

const std::array<const char*, kScoreCount> kScoreNames = {"BLEU-1",
                                                          "BLEU-2",
                                                          "BLEU-3",
                                                          "BLEU-4",
                                                          "BLEU-1 without brevity penalty",
                                                          "BLEU-2 without brevity penalty",
                                                          "BLEU-3 without brevity penalty",
                                                          "BLEU-4 without brevity penalty",
                                                          "ROUGE-L",
                                                          "CIDEr-D",
                                                          "METEOR-wn"};

ImageScores& ImageScores::operator+=(const ImageScores& other) {
  bleu += other.bleu;
  rouge_l += other.rouge_l;
  cider += other.cider;
  meteor += other.meteor;
  return *this;
}

Scores corpus_scores(const ImageScores& sum, std::size_t images) {
  Scores scores{};
  const BleuScore bleu_score = bleu(sum.bleu);
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    scores[kBleu1 + n] = bleu_score.bleu[n];
    scores[kBleu1WithoutPenalty + n] = bleu_score.without_brevity_penalty[n];
  }
  const double count = images == 0 ? 1 : static_cast<double>(images);
  scores[kRougeL] = sum.rouge_l / count;
  scores[kCider] = sum.cider / count;
  scores[kMeteorWn] = meteor_wn(sum.meteor);
  return scores;
}

namespace {

constexpr double kLevel = 0.95;

/// A random index in 0…n − 1. Unlike the standard distributions, it is the same on all platforms.
std::size_t draw(std::mt19937& random, std::size_t n) {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(random()) * n) >> 32);
}

Interval percentile_interval(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::lround(place))];
  };
  return {at((1 - kLevel) / 2), at((1 + kLevel) / 2)};
}

void require(std::size_t images, std::size_t resamples) {
  if (images == 0) throw std::invalid_argument("a bootstrap needs at least one image");
  if (resamples == 0) throw std::invalid_argument("a bootstrap needs at least one resample");
}

/// For each score, its values over all resamples.
using Samples = std::array<std::vector<double>, kScoreCount>;

void append(Samples& samples, const Scores& scores) {
  for (std::size_t i = 0; i < kScoreCount; ++i) samples[i].push_back(scores[i]);
}

Intervals intervals_of(Samples& samples) {
  Intervals result{};
  for (std::size_t i = 0; i < kScoreCount; ++i) result[i] = percentile_interval(samples[i]);
  return result;
}

Scores subtract(const Scores& a, const Scores& b) {
  Scores result{};
  for (std::size_t i = 0; i < kScoreCount; ++i) result[i] = a[i] - b[i];
  return result;
}

Scores scores_of(const std::vector<ImageScores>& images) {
  ImageScores sum;
  for (const ImageScores& image : images) sum += image;
  return corpus_scores(sum, images.size());
}

}  // namespace

Intervals bootstrap_intervals(const std::vector<ImageScores>& images, std::size_t resamples,
                              std::uint64_t seed) {
  require(images.size(), resamples);
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  Samples samples;
  for (std::size_t i = 0; i < resamples; ++i) {
    ImageScores sum;
    for (std::size_t j = 0; j < images.size(); ++j) sum += images[draw(random, images.size())];
    append(samples, corpus_scores(sum, images.size()));
  }
  return intervals_of(samples);
}

Comparison compare(const std::vector<ImageScores>& first, const std::vector<ImageScores>& second,
                   std::size_t resamples, std::uint64_t seed) {
  if (first.size() != second.size()) {
    throw std::invalid_argument("two systems can only be compared on the same images; got " +
                                std::to_string(first.size()) + " and " +
                                std::to_string(second.size()));
  }
  require(first.size(), resamples);
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  const std::size_t count = first.size();
  Comparison result;
  result.difference = subtract(scores_of(first), scores_of(second));

  Samples samples;
  std::array<std::size_t, kScoreCount> as_large{};
  for (std::size_t i = 0; i < resamples; ++i) {
    ImageScores resampled_first, resampled_second, swapped_first, swapped_second;
    for (std::size_t j = 0; j < count; ++j) {
      const std::size_t index = draw(random, count);
      resampled_first += first[index];
      resampled_second += second[index];
      const bool swap = draw(random, 2) == 1;
      swapped_first += swap ? second[j] : first[j];
      swapped_second += swap ? first[j] : second[j];
    }
    append(samples,
           subtract(corpus_scores(resampled_first, count), corpus_scores(resampled_second, count)));
    const Scores swapped =
        subtract(corpus_scores(swapped_first, count), corpus_scores(swapped_second, count));
    for (std::size_t k = 0; k < kScoreCount; ++k) {
      // The tolerance ignores rounding errors.
      if (std::abs(swapped[k]) >= std::abs(result.difference[k]) - 1e-12) ++as_large[k];
    }
  }
  result.interval = intervals_of(samples);
  for (std::size_t k = 0; k < kScoreCount; ++k) {
    result.p_value[k] = static_cast<double>(as_large[k] + 1) / static_cast<double>(resamples + 1);
  }
  return result;
}

}  // namespace saccade
