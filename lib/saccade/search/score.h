#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"

namespace saccade {

/// Scores given sentences word by word, with maps, by teacher forcing through the same step
/// function as search.
/// @param start         one row per image. To score several sentences of one image, repeat its row:
///                      start.select(rows, images) with the same numbers in both
/// @param sentences     per row the words without the start and end words; any length, may be empty
/// @param alternatives  top words listed per position, ≥ 0
/// @return per row the sentence as a finished hypothesis; score is log_prob
/// @throws std::invalid_argument unless there is one sentence per row, and for an id outside the
///         vocabulary or that of <pad>, <start> or <end>; std::runtime_error if the model's
///         probabilities are NaN.
std::vector<Hypothesis> score_sentences(const StepFunction& step, const State& start,
                                        const std::vector<std::vector<std::int64_t>>& sentences,
                                        std::int64_t alternatives = 0);

}  // namespace saccade
