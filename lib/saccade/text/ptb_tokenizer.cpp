#include "saccade/text/ptb_tokenizer.h"

#include <array>
#include <cstddef>
#include <utility>

#include "saccade/io/unicode.h"
#include "saccade/text/ptb_patterns.h"
#include "saccade/text/ptb_writing.h"

namespace saccade {
namespace {

using ptb::is_one_of;
using ptb::Text;
using ptb::Writing;
using View = std::u32string_view;

/// The best match so far. The rule with the longest match, including its look-ahead, wins; among
/// equals, the first.
struct Match {
  std::size_t end = 0;    ///< of the token
  std::size_t reach = 0;  ///< of the token and the rule's look-ahead after it
  Writing writing = Writing::kNothing;

  void offer(std::size_t new_end, std::size_t new_reach, Writing new_writing) {
    if (new_reach > reach) *this = {new_end, new_reach, new_writing};
  }
  void offer(std::size_t new_end, Writing new_writing) { offer(new_end, new_end, new_writing); }
};

/// Two words written as one; the match is the first of them.
void offer_joined_words(const Text& text, std::size_t from, Match& match) {
  struct Joined {
    std::string_view whole;
    std::size_t first;
  };
  static constexpr std::array<Joined, 10> kJoined = {{{"cannot", 3},
                                                      {"'twas", 2},
                                                      {"dunno", 2},
                                                      {"'tis", 2},
                                                      {"gonna", 3},
                                                      {"gotta", 3},
                                                      {"lemme", 3},
                                                      {"gimme", 3},
                                                      {"wanna", 3},
                                                      {"nno", 1}}};
  for (const Joined& joined : kJoined) {
    if (ptb::stands_at(text, from, joined.whole)) {
      match.offer(from + joined.first, from + joined.whole.size(), Writing::kQuotes);
    }
  }
  if (ptb::is_apostrophe(text[from]) && ptb::stands_at(text, from + 1, "tis")) {
    match.offer(from + 2, from + 4, Writing::kQuotes);
  }
}

void offer_words(const Text& text, std::size_t from, Match& match) {
  const std::size_t word = ptb::word(text, from);
  if (word > from) {
    const std::size_t auxiliary = ptb::auxiliary(text, word);
    if (auxiliary > word) match.offer(word, auxiliary, Writing::kWord);
  }
  const std::size_t negated = ptb::negated_word(text, from);
  if (negated > from) match.offer(negated, negated + 3, Writing::kAsIs);
  if (word > from) match.offer(word, Writing::kWord);
  const std::size_t apostrophe = ptb::apostrophe_word(text, from);
  if (apostrophe > from) match.offer(apostrophe, Writing::kQuotes);
  if (is_one_of(text[from], U"yY") && ptb::is_apostrophe(text[from + 1]) &&
      is_letter(text[from + 2])) {
    match.offer(from + 2, from + 3, Writing::kQuotes);
  }
}

void offer_clitics(const Text& text, std::size_t from, Match& match) {
  for (const std::size_t end : {ptb::auxiliary(text, from), ptb::negation(text, from)}) {
    if (end > from && end < text.size() && !is_letter(text[end])) {
      match.offer(end, end + 1, Writing::kQuotes);
    }
  }
}

void offer_numbers(const Text& text, std::size_t from, Match& match) {
  match.offer(ptb::date(text, from), Writing::kEscaped);
  match.offer(ptb::number(text, from), Writing::kAsIs);
  match.offer(ptb::fraction(text, from), Writing::kEscaped);
  if (is_one_of(text[from], U"\u00BC\u00BD\u00BE\u2153\u2154")) {
    match.offer(from + 1, Writing::kSymbol);
  }
}

void offer_abbreviations(const Text& text, std::size_t from, Match& match) {
  const std::size_t letter = ptb::sentence_final_letter(text, from);
  // Its look-ahead is longer than that of any other rule for the same letter.
  if (letter > from) match.offer(letter, text.size(), Writing::kAsIs);
  match.offer(ptb::number_abbreviation(text, from), Writing::kAsIs);
  match.offer(ptb::abbreviation(text, from), Writing::kAsIs);
  // '99 followed by a space.
  if (ptb::is_apostrophe(text[from]) && is_digit(text[from + 1]) && is_digit(text[from + 2]) &&
      is_space(text[from + 3])) {
    match.offer(from + 3, from + 4, Writing::kQuotes);
  }
  match.offer(ptb::degrees(text, from), Writing::kAsIs);
  // A period between a word and a comma is part of the word.
  const std::size_t word = ptb::word(text, from);
  if (word > from && text[word] == U'.' && is_one_of(text[word + 1], U",;:")) {
    match.offer(word + 1, word + 2, Writing::kAsIs);
  }
}

/// Tokens with a fixed spelling that no other rule matches.
void offer_listed(const Text& text, std::size_t from, Match& match) {
  for (const std::string_view listed :
       {"c++", "c#", "f#", "-lrb-", "-rrb-", "-lcb-", "-rcb-", "-lsb-", "-rsb-", "c.d.s", "pro-",
        "anti-", "s&p-500", "s&ls", "cap'n", "c'est", "yahoo!", "jeopardy!", "e!"}) {
    if (ptb::stands_at(text, from, listed)) match.offer(from + listed.size(), Writing::kAsIs);
  }
}

void offer_compounds(const Text& text, std::size_t from, Match& match) {
  const std::size_t hyphenated = ptb::hyphenated(text, from);
  if (hyphenated > from) match.offer(hyphenated, hyphenated + 1, Writing::kAsIs);
  for (const std::size_t end : {ptb::thing(text, from), ptb::capitals(text, from)}) {
    if (end > from && text[end] == U'.' && is_one_of(text[end + 1], U",;:")) {
      match.offer(end + 1, end + 2, Writing::kQuotes);
    }
    match.offer(end, Writing::kQuotes);
  }
}

std::size_t run(const Text& text, std::size_t from, View set) {
  std::size_t end = from;
  while (is_one_of(text[end], set)) ++end;
  return end;
}

void offer_marks(const Text& text, std::size_t from, Match& match) {
  const char32_t c = text[from];
  if (c == U'"') match.offer(from + 1, Writing::kQuotes);
  if (is_one_of(c, U"`'\u0091\u0092\u2018\u2019") && text[from + 1] == U'\'') {
    match.offer(from + 2, Writing::kQuotes);
  }
  const std::size_t smiley = ptb::smiley(text, from);
  if (smiley > from && !ptb::is_alphanumeric(text[smiley])) {
    match.offer(smiley, smiley + 1, Writing::kSymbol);
  }
  if (is_one_of(c, U"\u2013\u2014\u2015\u0096\u0097") || c == U'-') {
    match.offer(c == U'-' ? run(text, from, U"-") : from + 1, Writing::kHyphens);
  }
  match.offer(run(text, from, U"?!"), Writing::kAsIs);
  match.offer(run(text, from, U"*"), Writing::kEscaped);
  for (const View mark : {U"@", U"#", U"_", U"="}) {
    match.offer(run(text, from, mark), Writing::kAsIs);
  }
  const std::size_t dots = run(text, from, U".");
  if (dots >= from + 3) match.offer(dots, Writing::kNothing);
  constexpr View kQuoteMarks =
      U"`\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F\u0082\u0084\u0091\u0092\u0093\u0094\u2039"
      U"\u203A\u00AB\u00BB";
  if (ptb::is_apostrophe(c)) {
    // Before a word it opens a quotation, which takes precedence over clitics like 's.
    const bool opens = is_letter(text[from + 1]) && !is_space(text[from + 2]);
    match.offer(from + 1, opens ? from + 3 : from + 1, Writing::kQuotes);
  }
  if (is_one_of(c, kQuoteMarks)) {
    match.offer(is_one_of(text[from + 1], kQuoteMarks) ? from + 2 : from + 1, Writing::kQuotes);
  }
  for (const std::size_t end : {ptb::auxiliary(text, from), ptb::negation(text, from)}) {
    match.offer(end, Writing::kQuotes);
  }
  if ((c == U'<' || c == U'>') && text[from + 1] == c) match.offer(from + 2, Writing::kAsIs);
}

/// The writing of a single character that no rule matches; kNothing for unsupported characters.
Writing single_character(char32_t c) {
  if (is_space(c) || c < 0x20 || c == 0x7F || c == 0x200B || c == 0x200E || c == 0x200F ||
      c == 0xFEFF || c == 0xFFFD || c >= 0x10000) {
    return Writing::kNothing;
  }
  return c == U'/' ? Writing::kEscaped : Writing::kSymbol;
}

Match longest_match(const Text& text, std::size_t from) {
  Match match{from, from, Writing::kNothing};
  offer_joined_words(text, from, match);
  // Most tokens are plain words followed by a space, where no other rule matches more.
  const std::size_t letters = ptb::skip(text, from, ptb::is_ascii_letter);
  if (letters > from && is_space(text[letters])) {
    match.offer(letters, Writing::kWord);
    return match;
  }
  match.offer(ptb::tag(text, from), Writing::kAsIs);
  offer_words(text, from, match);
  match.offer(ptb::address(text, from), Writing::kEscaped);
  match.offer(ptb::handle(text, from), Writing::kAsIs);
  offer_clitics(text, from, match);
  offer_numbers(text, from, match);
  offer_listed(text, from, match);
  match.offer(ptb::slashed(text, from), Writing::kEscaped);
  match.offer(ptb::dollars(text, from), Writing::kAsIs);
  offer_abbreviations(text, from, match);
  offer_compounds(text, from, match);
  offer_marks(text, from, match);
  if (match.reach == from) match.offer(from + 1, single_character(text[from]));
  return match;
}

std::u32string prepare(std::string_view input) {
  struct Entity {
    std::string_view name;
    char32_t c;
  };
  static constexpr std::array<Entity, 8> kEntities = {{{"&apos;", U'\''},
                                                       {"&quot;", U'"'},
                                                       {"&amp;", U'&'},
                                                       {"&lt;", U'<'},
                                                       {"&gt;", U'>'},
                                                       {"&nbsp;", U' '},
                                                       {"&mdash;", U'\u2014'},
                                                       {"&ndash;", U'\u2013'}}};
  Text text = decode_utf8(input), result;
  text.push_back(U'\n');
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = text[at];
    std::size_t length = 1;
    for (const Entity& entity : kEntities) {
      if (c != U'&' || !ptb::stands_at(text, at, entity.name)) continue;
      c = entity.c;
      length = entity.name.size();
      break;
    }
    result.push_back((c == U'\n' || c == U'\r') && at + 1 < text.size() ? U' ' : c);
    at += length;
  }
  return result;
}

}  // namespace

std::vector<std::string> ptb_tokenize(std::string_view input) {
  const Text text = prepare(input);
  std::vector<std::string> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const Match match = longest_match(text, at);
    std::u32string written = ptb::write(View(text).substr(at, match.end - at), match.writing);
    for (char32_t& c : written) c = to_lower(c);
    std::string token = encode_utf8(written);
    if (!ptb::is_dropped(token)) tokens.push_back(std::move(token));
    at = match.end;
  }
  return tokens;
}

}  // namespace saccade
