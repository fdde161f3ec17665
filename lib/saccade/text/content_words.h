#pragma once

#include <string>

namespace saccade {

/// Whether a word states something about an image that can be right or wrong by itself. Function
/// words, adverbs of place and other common words without a visual meaning are not content words.
bool is_content_word(const std::string& word);

/// Whether a word belongs to a closed class of English: articles, pronouns, prepositions,
/// conjunctions, auxiliaries, and the clitics that tokenization splits off. METEOR gives them less
/// weight than content words. The list is Saccade's own, not the one of METEOR.
bool is_function_word(const std::string& word);

/// Whether a word cannot end a complete English caption: "a" in "a man on a".
bool is_dangling(const std::string& word);

}  // namespace saccade
