#pragma once

#include <string>

namespace saccade {

/// Whether a word says something about a photograph that can be right or wrong by itself: no
/// article, pronoun, preposition, conjunction, auxiliary or adverb of place, and no clitic.
bool is_content_word(const std::string& word);

}  // namespace saccade
