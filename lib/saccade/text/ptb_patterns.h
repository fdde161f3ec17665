#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The token patterns of Penn Treebank tokenization. Each function matches at position `from` of the
// text and returns the end of the longest match, or `from` if there is none. The text must end with
// a newline. No pattern contains one, so reading one character past a match is always safe.

namespace saccade::ptb {

using Text = std::u32string;

inline bool is_one_of(char32_t c, std::u32string_view set) { return set.find(c) != set.npos; }
inline bool is_ascii_letter(char32_t c) { return (c | 32) >= U'a' && (c | 32) <= U'z'; }
/// The end of the run of characters from `from` on for which the predicate is true.
template <typename Predicate>
std::size_t skip(const Text& text, std::size_t from, Predicate&& predicate) {
  while (from < text.size() && predicate(text[from])) ++from;
  return from;
}

bool is_apostrophe(char32_t c);      ///< straight, curly or acute
bool is_any_apostrophe(char32_t c);  ///< also opening quotes that are used as an apostrophe
bool is_alphanumeric(char32_t c);
/// Whether `part` (lower-case ASCII) is at `from`, ignoring case.
bool stands_at(const Text& text, std::size_t from, std::string_view part);

std::size_t word(const Text& text, std::size_t from);       ///< dog, u.s, what?why
std::size_t auxiliary(const Text& text, std::size_t from);  ///< 's 'm 'd 're 've 'll
std::size_t negation(const Text& text, std::size_t from);   ///< n't
/// The "do" of "don't": ends before the n of a negation.
std::size_t negated_word(const Text& text, std::size_t from);
std::size_t apostrophe_word(const Text& text, std::size_t from);  ///< 'n' ol' ma'am '80s O'Malley

std::size_t number(const Text& text, std::size_t from);    ///< 3 -3.5 1,000 12:55 .5
std::size_t date(const Text& text, std::size_t from);      ///< 12/25/2013
std::size_t fraction(const Text& text, std::size_t from);  ///< 1/2, 3 1/2
std::size_t degrees(const Text& text, std::size_t from);   ///< °C
std::size_t dollars(const Text& text, std::size_t from);   ///< $ US$ #

std::size_t thing(const Text& text, std::size_t from);  ///< t-shirt, 5th, o'clock, 35-year-old
/// A hyphenated word with dots or commas inside: u.s.-based. The caller checks what follows.
std::size_t hyphenated(const Text& text, std::size_t from);
std::size_t slashed(const Text& text, std::size_t from);   ///< black/white
std::size_t capitals(const Text& text, std::size_t from);  ///< AT&T

std::size_t tag(const Text& text, std::size_t from);      ///< <b>, </b>, <img src="x">
std::size_t address(const Text& text, std::size_t from);  ///< URLs and e-mail
std::size_t handle(const Text& text, std::size_t from);   ///< @name, #topic
std::size_t smiley(const Text& text, std::size_t from);   ///< :-) ;D

/// An abbreviation with its period: mr. etc. u.s. and single letters.
std::size_t abbreviation(const Text& text, std::size_t from);
/// Words that are abbreviations only before a number: no. 5.
std::size_t number_abbreviation(const Text& text, std::size_t from);
/// A single letter whose period ends a sentence, because "The", "He", … follows.
std::size_t sentence_final_letter(const Text& text, std::size_t from);

}  // namespace saccade::ptb
