#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"

namespace saccade {

/// What the model makes of given sentences, word by word with maps, through the same step as
/// search.
/// @param start      one row per image. To score several sentences of one image, repeat it:
///                   start.select(rows, images) with the same numbers in both.
/// @param sentences  per row the words without the start and the end word; they may differ in
/// length
///                   and be empty.
/// @param alternatives  strongest words listed per place.
/// @return per row the sentence as a finished hypothesis; score is log_prob.
/// @throws std::invalid_argument if there is not one sentence per row, or for an id that is no word
/// of
///         the vocabulary or is <pad>, <start> or <end>; std::runtime_error if the model yields
///         what is not a number.
std::vector<Hypothesis> score_sentences(const StepFunction& step, const State& start,
                                        const std::vector<std::vector<std::int64_t>>& sentences,
                                        std::int64_t alternatives = 0);

}  // namespace saccade
