#pragma once

#include <string>
#include <string_view>

namespace saccade::ptb {

/// How the matched text is converted into a token.
enum class Writing {
  kNothing,  ///< no token
  kAsIs,     ///< unchanged, without soft hyphens
  kWord,     ///< in American spelling
  kQuotes,   ///< all kinds of quotes and apostrophes as ` ' `` ''
  kEscaped,  ///< with a backslash before / and *
  kSymbol,   ///< brackets, fractions and currencies by name
  kHyphens   ///< dashes as --
};

std::u32string write(std::u32string_view text, Writing writing);

/// Whether the reference scorer drops the token as punctuation. It keeps brackets: its list has
/// them in upper case, but it compares lower-case tokens.
bool is_dropped(const std::string& token);

}  // namespace saccade::ptb

namespace saccade {

/// Converts the common British spellings that the reference tokenizer converts: "colour" → "color",
/// "grey" → "gray", "travelled" → "traveled". As there, only lower-case words change ("Grey"
/// stays). Other words, also non-ASCII ones, are returned unchanged.
std::u32string american_spelling(const std::u32string& word);

}  // namespace saccade
