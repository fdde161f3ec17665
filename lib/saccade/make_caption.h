#pragma once

#include "saccade/caption.h"
#include "saccade/search/hypothesis.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A hypothesis in words, with its maps cut out word by word.
Caption make_caption(const Hypothesis& hypothesis, const Vocabulary& vocabulary, const Grid& grid,
                     const Placement& placement);

/// Words as a sentence is read: "dog 's" is "dog's".
std::string join_words(const std::vector<CaptionWord>& words);

}  // namespace saccade
