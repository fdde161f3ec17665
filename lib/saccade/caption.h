#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/image/grid.h"
#include "saccade/image/placement.h"

namespace saccade {

/// A word that might have stood in the same place.
struct Alternative {
  std::string word;
  double p = 0;  ///< 0…1
};

/// A word and why it is there, as far as the model itself can tell.
struct CaptionWord {
  std::string word;
  double log_p = 0;              ///< ≤ 0, natural logarithm
  double gate = 1;               ///< β, 0…1: how much of the image the model let in
  double entropy = 0;            ///< of α, in nats: 0 one cell … log L all cells alike
  std::vector<float> attention;  ///< α over the grid's cells, ≥ 0, sums to 1
  std::int64_t cell = -1;        ///< the cell that hard attention chose, −1 for soft attention
  std::vector<Alternative>
      alternatives;  ///< the strongest words at this place, the chosen one included
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
};

}  // namespace saccade
