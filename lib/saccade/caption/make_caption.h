#pragma once

#include "saccade/caption/caption.h"
#include "saccade/search/hypothesis.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// Converts a hypothesis to a caption, with one map per word.
/// @param temperature  the report_temperature of the search; 1 without calibration
Caption make_caption(const Hypothesis& hypothesis, const Vocabulary& vocabulary, const Grid& grid,
                     const Placement& placement, double temperature = 1);

/// Joins words to a sentence with normal spacing: "dog 's" becomes "dog's".
std::string join_words(const std::vector<CaptionWord>& words);

}  // namespace saccade
