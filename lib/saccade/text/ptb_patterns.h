#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The shapes of tokens that Penn Treebank tokenization knows. Each function looks at one place in
// the text and returns where the longest match ends, or `from` when there is none. The text ends
// with a newline, which no shape contains: looking one character ahead of a match is always safe.

namespace saccade::ptb {

using Text = std::u32string;

inline bool is_one_of(char32_t c, std::u32string_view set) { return set.find(c) != set.npos; }
inline bool is_ascii_letter(char32_t c) { return (c | 32) >= U'a' && (c | 32) <= U'z'; }
/// Where the run of characters from `from` on ends that the predicate is true for.
template <typename Predicate>
std::size_t skip(const Text& text, std::size_t from, Predicate&& predicate) {
  while (from < text.size() && predicate(text[from])) ++from;
  return from;
}

bool is_apostrophe(char32_t c);      ///< straight, curly or acute
bool is_any_apostrophe(char32_t c);  ///< also the opening quotes that stand for one inside a word
bool is_alphanumeric(char32_t c);
/// Whether `part`, in lower case ASCII, stands at `from`, in whatever case.
bool stands_at(const Text& text, std::size_t from, std::string_view part);

std::size_t word(const Text& text, std::size_t from);       ///< dog, u.s, what?why
std::size_t auxiliary(const Text& text, std::size_t from);  ///< 's 'm 'd 're 've 'll
std::size_t negation(const Text& text, std::size_t from);   ///< n't
/// The "do" of "don't": ends before the n, and only there.
std::size_t negated_word(const Text& text, std::size_t from);
std::size_t apostrophe_word(const Text& text, std::size_t from);  ///< 'n' ol' ma'am '80s O'Malley

std::size_t number(const Text& text, std::size_t from);    ///< 3 -3.5 1,000 12:55 .5
std::size_t date(const Text& text, std::size_t from);      ///< 12/25/2013
std::size_t fraction(const Text& text, std::size_t from);  ///< 1/2, 3 1/2
std::size_t degrees(const Text& text, std::size_t from);   ///< °C
std::size_t dollars(const Text& text, std::size_t from);   ///< $ US$ #

std::size_t thing(const Text& text, std::size_t from);  ///< t-shirt, 5th, o'clock, 35-year-old
/// Hyphenated with dots or commas inside: u.s.-based. The caller checks what follows.
std::size_t hyphenated(const Text& text, std::size_t from);
std::size_t slashed(const Text& text, std::size_t from);   ///< black/white
std::size_t capitals(const Text& text, std::size_t from);  ///< AT&T

std::size_t tag(const Text& text, std::size_t from);      ///< <b>, </b>, <img src="x">
std::size_t address(const Text& text, std::size_t from);  ///< URLs and e-mail
std::size_t handle(const Text& text, std::size_t from);   ///< @name, #topic
std::size_t smiley(const Text& text, std::size_t from);   ///< :-) ;D

/// An abbreviation with its period: mr. etc. u.s. and single letters.
std::size_t abbreviation(const Text& text, std::size_t from);
/// Abbreviations only before a number: no. 5.
std::size_t number_abbreviation(const Text& text, std::size_t from);
/// The single letter before a period that a following "The", "He", … shows to end a sentence.
std::size_t sentence_final_letter(const Text& text, std::size_t from);

}  // namespace saccade::ptb
