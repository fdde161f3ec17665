#include "saccade/text/ptb_tokenizer.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "saccade/io/unicode.h"
#include "saccade/text/ptb_patterns.h"

namespace saccade {
namespace {

using ptb::is_one_of;
using ptb::Text;
using View = std::u32string_view;
using Word = std::u32string;

// The text of a token. The rules that find it follow below.

bool word_ends_with(View word, View end) {
  return word.size() >= end.size() && word.substr(word.size() - end.size()) == end;
}

/// Words that are replaced as a whole. `family` adds all forms of a stem.
std::unordered_map<Word, Word> make_table() {
  std::unordered_map<Word, Word> table;
  const auto family = [&table](const Word& from, const Word& to, std::initializer_list<Word> ends) {
    for (const Word& end : ends) table.emplace(from + end, to + end);
  };
  for (const Word stem : {U"fav", U"flav", U"hon", U"hum", U"lab", U"sav", U"endeav", U"discol"}) {
    family(stem + U"our", stem + U"or", {U"", U"s", U"ed", U"ing"});
  }
  for (const Word stem : {U"arm", U"rum", U"col"}) family(stem + U"our", stem + U"or", {U"ed"});
  for (const Word stem : {U"rum", U"col"}) family(stem + U"our", stem + U"or", {U"ing"});
  family(U"colour", U"color", {U"ful"});
  family(U"favour", U"favor", {U"ite", U"ites"});
  family(U"honour", U"honor", {U"able"});
  family(U"neighbour", U"neighbor", {U"", U"s", U"hood", U"hoods"});
  family(U"harbour", U"harbor", {U"", U"s"});
  family(U"misdemeanour", U"misdemeanor", {U"", U"s"});
  family(U"splendour", U"splendor", {U"", U"s"});
  for (const Word stem : {U"cand", U"clam", U"ferv"}) family(stem + U"our", stem + U"or", {U""});
  for (const Word stem : {U"fib", U"theat", U"tit"}) {
    family(stem + U"re", stem + U"er", {U""});
    table.emplace(stem + U"res", stem + U"ers");
  }
  table.emplace(U"centre", U"center");
  table.emplace(U"meagre", U"meager");
  table.emplace(U"manoeuvre", U"maneuver");
  table.emplace(U"manoeuvres", U"maneuvers");
  for (const Word stem : {U"finali", U"maximi", U"minimi", U"moderni", U"populari", U"pressuri",
                          U"reali", U"recogni", U"capitali", U"locali", U"penali"}) {
    family(stem + U"s", stem + U"z", {U"e", U"ed"});
  }
  for (const Word stem : {U"finali", U"maximi", U"minimi", U"moderni", U"populari", U"pressuri",
                          U"reali", U"recogni"}) {
    family(stem + U"s", stem + U"z", {U"ing"});
  }
  for (const Word stem : {U"populari", U"pressuri", U"reali", U"recogni"}) {
    family(stem + U"s", stem + U"z", {U"es"});
  }
  family(U"capitalis", U"capitaliz", {U"ation"});
  family(U"organis", U"organiz", {U"ation", U"ations"});
  family(U"analys", U"analyz", {U"e", U"ed", U"ing"});
  family(U"practis", U"practic", {U"e", U"ed"});
  for (const Word stem : {U"cancel", U"label", U"travel"}) {
    family(stem + U"l", stem, {U"ed", U"ing"});
  }
  for (const Word stem : {U"analog", U"homolog"}) {
    family(stem + U"ue", stem, {U""});
    table.emplace(stem + U"ues", stem + U"s");
  }
  table.emplace(U"anaesthetic", U"anesthetic");
  table.emplace(U"chimaeric", U"chimeric");
  table.emplace(U"encyclopaedia", U"encyclopedia");
  family(U"oestrogen", U"estrogen", {U"", U"s"});
  table.emplace(U"defence", U"defense");
  table.emplace(U"Defence", U"Defense");
  table.emplace(U"Labour", U"Labor");
  table.emplace(U"grey", U"gray");
  table.emplace(U"kerb", U"curb");
  table.emplace(U"leant", U"leaned");
  table.emplace(U"learnt", U"learned");
  table.emplace(U"glamour", U"glamour");
  return table;
}

/// Words in -our that are American English, too.
bool keeps_our(View word) {
  static constexpr std::array<View, 26> kParts = {
      U"abatjour", U"beflour",  U"bonjour", U"calambour",  U"carrefour", U"contour", U"cornflour",
      U"detour",   U"devour",   U"dortour", U"downpour",   U"dyvour",    U"giaour",  U"glamour",
      U"holour",   U"inpour",   U"outpour", U"pandour",    U"paramour",  U"repour",  U"pompadour",
      U"ryeflour", U"sompnour", U"tambour", U"troubadour", U"velour"};
  for (const View part : kParts) {
    if (word.find(part) != View::npos) return true;
  }
  return word.find(U"tregetour") != View::npos;
}

bool all_lower_ascii(View word) {
  for (const char32_t c : word) {
    if (c < U'a' || c > U'z') return false;
  }
  return true;
}

/// Converts the common British spellings that the reference tokenizer converts: "colour" → "color",
/// "grey" → "gray", "travelled" → "traveled". As there, only lower-case words change ("Grey"
/// stays). Other words, also non-ASCII ones, are returned unchanged.
std::u32string american_spelling(const std::u32string& word) {
  static const std::unordered_map<Word, Word> table = make_table();
  if (word.size() < 4) return word;
  const auto known = table.find(word);
  if (known != table.end()) return known->second;
  if (word.size() < 6) return word;
  if (word_ends_with(word, U"programme")) return word.substr(0, word.size() - 2);
  if (word_ends_with(word, U"programmes")) return word.substr(0, word.size() - 3) + U"s";
  if (word_ends_with(word, U"aemia")) return word.substr(0, word.size() - 5) + U"emia";
  const bool plural = word.back() == U's';
  const View singular = View(word).substr(0, word.size() - (plural ? 1 : 0));
  if (word_ends_with(singular, U"our") && singular.size() >= 6 && all_lower_ascii(singular) &&
      !keeps_our(singular)) {
    return Word(singular.substr(0, singular.size() - 3)) + (plural ? U"ors" : U"or");
  }
  return word;
}

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

/// Spaces within a token (3 1/2) become no-break spaces.
std::u32string write_escaped(View text) {
  std::u32string result;
  for (const char32_t c : text) {
    if ((c == U'/' || c == U'*') && (result.empty() || result.back() != U'\\')) result += U'\\';
    result += c == U' ' ? U'\u00A0' : c;
  }
  return result;
}

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

/// Whether the reference scorer drops the token as punctuation. It keeps brackets: its list has
/// them in upper case, but it compares lower-case tokens.
bool is_dropped(const std::string& token) {
  static const std::unordered_set<std::string> kDropped = {"''", "'", "``", "`",  ".",   "?", "!",
                                                           ",",  ":", "-",  "--", "...", ";"};
  return token.empty() || kDropped.count(token) != 0;
}

// The rules, each offering a match at one position.

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
    std::u32string written = write(View(text).substr(at, match.end - at), match.writing);
    for (char32_t& c : written) c = to_lower(c);
    std::string token = encode_utf8(written);
    if (!is_dropped(token)) tokens.push_back(std::move(token));
    at = match.end;
  }
  return tokens;
}

}  // namespace saccade
