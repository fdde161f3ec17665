#pragma once

#include <string>

namespace saccade {

/// "colour" → "color", "grey" → "gray", "travelled" → "traveled": the common words that the
/// reference tokenizer rewrites. As there, only words written in lower case change ("Grey" stays).
/// @param word  ASCII or not; what is not known comes back as it is.
std::u32string american_spelling(const std::u32string& word);

}  // namespace saccade
