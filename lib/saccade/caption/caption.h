#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/image/grid.h"
#include "saccade/image/placement.h"

namespace saccade {

/// A word that might have stood in the same place.
struct Alternative {
  std::string word;
  double p = 0;  ///< 0…1, calibrated where the word's is
};

/// A word and why it is there, as far as the model itself can tell.
struct CaptionWord {
  std::string word;
  double log_p = 0;              ///< ≤ 0, natural logarithm, the model's own
  double gate = 1;               ///< β, 0…1: how much of the image the model let in
  double entropy = 0;            ///< of α, in nats: 0 one cell … log L all cells alike
  std::vector<float> attention;  ///< α over the grid's cells, ≥ 0, sums to 1
  std::int64_t cell = -1;        ///< the cell that hard attention chose, −1 for soft attention
  std::vector<Alternative>
      alternatives;  ///< the strongest words at this place, the chosen one included
  /// At the temperature of the model's calibration, where it has one.
  std::optional<double> calibrated_p;

  /// What people are told: 0…1.
  double p() const { return calibrated_p.value_or(std::exp(log_p)); }
};

/// A photograph's caption, with a map for every word.
struct Caption {
  std::string text;
  std::vector<CaptionWord> words;
  double log_prob = 0;    ///< of all words and the end, natural logarithm
  double score = 0;       ///< what the search ranked by
  bool finished = false;  ///< false: cut off at the length limit
  Grid grid;
  Placement placement;  ///< maps a cell back to the original photograph
  /// 0…1, the probability that a person would accept it, as far as the model's calibration tells;
  /// nothing without one. See calibration.h.
  std::optional<double> confidence;
};

}  // namespace saccade
