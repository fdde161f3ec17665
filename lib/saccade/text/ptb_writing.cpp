#include "saccade/text/ptb_writing.h"

#include <array>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

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

/// Spaces within a token (3 1/2) become no-break spaces.
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

bool is_dropped(const std::string& token) {
  static const std::unordered_set<std::string> kDropped = {"''", "'", "``", "`",  ".",   "?", "!",
                                                           ",",  ":", "-",  "--", "...", ";"};
  return token.empty() || kDropped.count(token) != 0;
}

}  // namespace saccade::ptb

namespace saccade {
namespace {

using Word = std::u32string;
using View = std::u32string_view;

bool ends_with(View word, View end) {
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

}  // namespace

std::u32string american_spelling(const std::u32string& word) {
  static const std::unordered_map<Word, Word> table = make_table();
  if (word.size() < 4) return word;
  const auto known = table.find(word);
  if (known != table.end()) return known->second;
  if (word.size() < 6) return word;
  if (ends_with(word, U"programme")) return word.substr(0, word.size() - 2);
  if (ends_with(word, U"programmes")) return word.substr(0, word.size() - 3) + U"s";
  if (ends_with(word, U"aemia")) return word.substr(0, word.size() - 5) + U"emia";
  const bool plural = word.back() == U's';
  const View singular = View(word).substr(0, word.size() - (plural ? 1 : 0));
  if (ends_with(singular, U"our") && singular.size() >= 6 && all_lower_ascii(singular) &&
      !keeps_our(singular)) {
    return Word(singular.substr(0, singular.size() - 3)) + (plural ? U"ors" : U"or");
  }
  return word;
}

}  // namespace saccade
