#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/image/placement.h"

namespace saccade {

class Vocabulary;
struct Hypothesis;

/// A word that the model considered at a position.
struct Alternative {
  std::string word;
  double p = 0;  ///< 0…1, calibrated where the word's is
};

/// A word of a caption with the model's output for it.
struct CaptionWord {
  std::string word;
  double log_p = 0;              ///< ≤ 0, natural logarithm, not calibrated
  double gate = 1;               ///< β, 0…1: the weight of the image in this step
  double entropy = 0;            ///< of α, in nats: 0 for one cell … log L for uniform attention
  std::vector<float> attention;  ///< L, α over the grid's cells, ≥ 0, sums to 1
  std::int64_t cell = -1;        ///< the cell that hard attention chose; −1 for soft attention
  /// The top words at this position, including the chosen one; empty when none were requested.
  std::vector<Alternative> alternatives;
  /// p at the temperature of the model's calibration; nothing without one.
  std::optional<double> calibrated_p;

  /// The p to report, 0…1: calibrated_p, or exp(log_p) without calibration.
  double p() const { return calibrated_p.value_or(std::exp(log_p)); }
};

/// A caption of an image, with an attention map for every word.
struct Caption {
  std::string text;
  std::vector<CaptionWord> words;
  double log_prob = 0;    ///< of all words and the end word, natural logarithm
  double score = 0;       ///< the score by which the search ranks captions
  bool finished = false;  ///< true: ends with the end word; false: truncated
  Grid grid;              ///< L = rows · cols
  Placement placement;    ///< maps cells to the original image
  /// 0…1, the estimated probability that a person accepts the caption; nothing without a
  /// calibration. See calibration.h.
  std::optional<double> confidence;
};

/// Converts a hypothesis to a caption, with one map per word.
/// @param temperature  the report_temperature of the search; 1 without calibration
Caption make_caption(const Hypothesis& hypothesis, const Vocabulary& vocabulary, const Grid& grid,
                     const Placement& placement, double temperature = 1);

/// Joins words to a sentence with normal spacing: "dog 's" becomes "dog's".
std::string join_words(const std::vector<CaptionWord>& words);

}  // namespace saccade
