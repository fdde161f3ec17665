#pragma once

#include <string>
#include <string_view>

namespace saccade::ptb {

/// How the text of a match becomes a token.
enum class Writing {
  kNothing,  ///< no token
  kAsIs,     ///< without soft hyphens
  kWord,     ///< in American spelling
  kQuotes,   ///< quotes and apostrophes of all kinds as ` ' `` ''
  kEscaped,  ///< with a backslash before / and *
  kSymbol,   ///< brackets, fractions and currencies by name
  kHyphens   ///< dashes as --
};

std::u32string write(std::u32string_view text, Writing writing);

/// The punctuation that the reference scorer drops, as it writes it. Brackets are not among it: its
/// list has them in capitals, and the tokens are in lower case by then.
bool is_dropped(const std::string& token);

}  // namespace saccade::ptb

namespace saccade {

/// "colour" → "color", "grey" → "gray", "travelled" → "traveled": the common words that the
/// reference tokenizer rewrites. As there, only words written in lower case change ("Grey" stays).
/// @param word  ASCII or not; what is not known comes back as it is.
std::u32string american_spelling(const std::u32string& word);

}  // namespace saccade
