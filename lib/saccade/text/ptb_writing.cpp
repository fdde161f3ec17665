#include "saccade/text/ptb_writing.h"

#include <unordered_set>

#include "saccade/text/american_spelling.h"
#include "saccade/text/ptb_patterns.h"

namespace saccade::ptb {
namespace {

using View = std::u32string_view;

std::u32string write_symbol(char32_t c) {
  switch (c) {
    case U'(':
      return U"-LRB-";
    case U')':
      return U"-RRB-";
    case U'{':
      return U"-LCB-";
    case U'}':
      return U"-RCB-";
    case U'[':
      return U"-LSB-";
    case U']':
      return U"-RSB-";
    case U'\u00BC':
      return U"1\\/4";
    case U'\u00BD':
      return U"1\\/2";
    case U'\u00BE':
      return U"3\\/4";
    case U'\u2153':
      return U"1\\/3";
    case U'\u2154':
      return U"2\\/3";
    case U'\u00A2':
      return U"cents";
    case U'\u00A3':
      return U"#";
    case U'\u00A4':
    case U'\u20A0':
    case U'\u20AC':
      return U"$";
    case U'\u2026':
      return U"...";
    default:
      return std::u32string(1, c);
  }
}

std::u32string write_quote(char32_t c) {
  if (is_one_of(c, U"\u0082\u0091\u2018\u201A\u201B\u2039")) return U"`";
  if (is_one_of(c, U"\u0092\u00B4\u2019\u203A")) return U"'";
  if (is_one_of(c, U"\u0084\u0093\u201C\u201E\u00AB")) return U"``";
  if (is_one_of(c, U"\u0094\u201D\u00BB\"")) return U"''";
  return std::u32string(1, c);
}

/// Spaces within a token (3 1/2) do not break.
std::u32string write_escaped(View text) {
  std::u32string result;
  for (const char32_t c : text) {
    if ((c == U'/' || c == U'*') && (result.empty() || result.back() != U'\\')) result += U'\\';
    result += c == U' ' ? U'\u00A0' : c;
  }
  return result;
}

}  // namespace

std::u32string write(std::u32string_view text, Writing writing) {
  std::u32string result;
  switch (writing) {
    case Writing::kNothing:
      break;
    case Writing::kAsIs:
      for (const char32_t c : text) {
        if (c != 0xAD) result += c == U' ' ? U'\u00A0' : c;
      }
      break;
    case Writing::kWord:
      return american_spelling(write(text, Writing::kAsIs));
    case Writing::kEscaped:
      return write_escaped(text);
    case Writing::kHyphens:
      return text.size() == 3 || text.size() == 4 || text[0] != U'-' ? U"--" : std::u32string(text);
    case Writing::kSymbol:
      for (const char32_t c : text) result += write_symbol(c);
      break;
    case Writing::kQuotes:
      for (const char32_t c : text) result += write_quote(c);
      break;
  }
  return result;
}

/// The reference drops these as it writes them. Brackets are not among them: they have been put
/// into lower case by then.
bool is_dropped(const std::string& token) {
  static const std::unordered_set<std::string> dropped = {"''", "'", "``", "`",  ".",   "?", "!",
                                                          ",",  ":", "-",  "--", "...", ";"};
  return token.empty() || dropped.count(token) != 0;
}

}  // namespace saccade::ptb
