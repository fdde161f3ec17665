#pragma once

#include <vector>

#include "saccade/metrics/tokens.h"

namespace saccade {

/// ROUGE-L of one caption (Lin 2004): the F measure with β = 1.2 of the longest common subsequence,
/// the best precision and the best recall taken over the references independently, as the field's
/// reference scorer does. 0…1; 0 for an empty hypothesis.
/// @throws std::invalid_argument without a reference.
double rouge_l(const Tokens& hypothesis, const References& references);

/// The mean over captions.
/// @throws std::invalid_argument when the two differ in number or are none.
double rouge_l(const std::vector<Tokens>& hypotheses, const std::vector<References>& references);

}  // namespace saccade
