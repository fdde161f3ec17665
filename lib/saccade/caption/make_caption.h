#pragma once

#include "saccade/caption/caption.h"
#include "saccade/search/hypothesis.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A hypothesis in words, with its maps cut out word by word.
/// @param temperature  of the hypothesis's log_mass: of the p that words are reported with
Caption make_caption(const Hypothesis& hypothesis, const Vocabulary& vocabulary, const Grid& grid,
                     const Placement& placement, double temperature = 1);

/// Words as a sentence is read: "dog 's" is "dog's".
std::string join_words(const std::vector<CaptionWord>& words);

}  // namespace saccade
