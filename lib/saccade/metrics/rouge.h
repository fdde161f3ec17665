#pragma once

#include <vector>

#include "saccade/metrics/ngrams.h"

namespace saccade {

/// ROUGE-L of one caption (Lin 2004), 0…1: the F measure with β = 1.2 of the longest common
/// subsequence. As in coco-caption, the reference scorer, the best precision and the best recall
/// may come from different references. 0 for an empty hypothesis.
/// @throws std::invalid_argument if there are no references.
double rouge_l(const Tokens& hypothesis, const References& references);

/// The mean ROUGE-L of the captions.
/// @param references  one list per hypothesis.
/// @throws std::invalid_argument if the sizes differ, there are no hypotheses, or a list is empty.
double rouge_l(const std::vector<Tokens>& hypotheses, const std::vector<References>& references);

}  // namespace saccade
