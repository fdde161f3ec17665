#pragma once

#include <string>

namespace saccade {

/// Whether a word says something about a photograph that can be right or wrong by itself: no
/// article, pronoun, preposition, conjunction, auxiliary or adverb of place, and no clitic.
bool is_content_word(const std::string& word);

/// The closed classes of English: articles, pronouns, prepositions, conjunctions, auxiliaries, and
/// the clitics that tokenization splits off. METEOR weighs them less than content words. The list
/// is ours, not METEOR's own.
bool is_function_word(const std::string& word);

/// A word that no English caption ends with, unless it was cut short: "a man on a".
bool is_dangling(const std::string& word);

}  // namespace saccade
