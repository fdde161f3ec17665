// Shapes that are known by name or by a mark: abbreviations, addresses, tags, smileys.
#include <array>
#include <unordered_set>

#include "saccade/io/unicode.h"
#include "saccade/text/ptb_patterns.h"

namespace saccade::ptb {
namespace {

bool is_ascii_alphanumeric(char32_t c) { return c < 0x80 && (is_letter(c) || is_digit(c)); }
bool is_name_character(char32_t c) { return is_ascii_alphanumeric(c) || is_one_of(c, U"_:.-"); }

std::size_t spaces(const Text& text, std::size_t from) {
  return skip(text, from, [](char32_t c) { return c == U' '; });
}

std::string lower_ascii(const Text& text, std::size_t from, std::size_t end) {
  std::string result;
  for (std::size_t i = from; i < end; ++i) {
    const char32_t c = to_lower(text[i]);
    result.push_back(c < 0x80 ? static_cast<char>(c) : '?');
  }
  return result;
}

/// Written with a period at any place in a sentence.
const std::unordered_set<std::string>& abbreviations() {
  static const std::unordered_set<std::string> words = {
      // months and days; "may", "sat" and "sun" are words more often
      "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon",
      "tue", "tues", "wed", "thu", "thurs", "fri",
      // states
      "ala", "ariz", "calif", "colo", "conn", "ct", "dak", "fla", "ga", "ind", "kan", "kans", "ky",
      "md", "mich", "minn", "mo", "mont", "neb", "nev", "okla", "penn", "tenn", "va", "vt", "wis",
      "wisc", "wyo",
      // companies, numbers, degrees
      "inc", "co", "cos", "corp", "pty", "ptys", "pte", "ptes", "ppty", "ppte", "ltd", "plc", "rt",
      "bancorp", "bhd", "assn", "univ", "intl", "sys", "tel", "est", "ext", "sq", "jr", "sr",
      "bros", "esq", "ed.d", "ph.d", "etc", "al", "seq", "bldg",
      // titles and places
      "mr", "mrs", "ms", "mx", "dr", "drs", "prof", "profs", "sen", "sens", "rep", "reps", "atty",
      "attys", "lt", "col", "gen", "messrs", "gov", "govs", "adm", "rev", "maj", "sgt", "cpl",
      "pvt", "capt", "st", "ste", "ave", "pres", "lieut", "hon", "brig", "cmdr", "comdr", "pfc",
      "spc", "supt", "supts", "det", "mt", "ft", "adj", "adv", "asst", "assoc", "ens", "insp",
      "mlle", "mme", "msgr", "sfc",
      // others
      "vs", "alex", "wm", "jos", "cie", "a.k.a", "cf", "treas", "ph", "invt", "elec", "natl", "mfg",
      "mtg", "dept", "blvd", "rd"};
  return words;
}

/// Words of their own in lower case: abbreviations only when they begin with a capital.
const std::unordered_set<std::string>& capital_abbreviations() {
  static const std::unordered_set<std::string> words = {"az",   "ark", "del", "ill", "la",  "mass",
                                                        "miss", "ore", "pa",  "tex", "wash"};
  return words;
}

/// The run of letters with single periods between them: candidates for an abbreviation.
std::size_t dotted_letters(const Text& text, std::size_t from) {
  std::size_t end = from;
  while (is_ascii_alphanumeric(text[end]) ||
         (end > from && text[end] == U'.' && is_ascii_alphanumeric(text[end + 1]))) {
    ++end;
  }
  return end;
}

/// x or x.y.z: a single letter between periods.
bool is_acronym(std::string_view word) {
  if (word.size() % 2 == 0) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool letter = word[i] >= 'a' && word[i] <= 'z';
    if (i % 2 == 0 ? !letter : word[i] != '.') return false;
  }
  return true;
}

std::size_t email(const Text& text, std::size_t from) {
  const std::size_t at = skip(
      text, from, [](char32_t c) { return is_ascii_alphanumeric(c) || is_one_of(c, U"._%+-"); });
  if (at == from || text[at] != U'@' || !is_ascii_alphanumeric(text[at + 1])) return from;
  std::size_t end = skip(
      text, at + 1, [](char32_t c) { return is_ascii_alphanumeric(c) || is_one_of(c, U".-"); });
  while (!is_ascii_alphanumeric(text[end - 1])) --end;
  return end >= at + 3 ? end : from;
}

/// From `from` to the last character of the run that may end an address.
std::size_t address_tail(const Text& text, std::size_t from) {
  std::size_t end =
      skip(text, from, [](char32_t c) { return !is_space(c) && !is_one_of(c, U"\"<>|(){}[]"); });
  while (end > from && is_one_of(text[end - 1], U"'.!?,;:&-")) --end;
  return end;
}

}  // namespace

std::size_t tag(const Text& text, std::size_t from) {
  if (text[from] != U'<') return from;
  if (is_one_of(text[from + 1], U"!?") && (is_letter(text[from + 2]) || text[from + 2] == U'-')) {
    const std::size_t end = text.find(U'>', from + 2);
    return end == text.npos ? from : end + 1;
  }
  const bool closing = text[from + 1] == U'/';
  std::size_t at = from + (closing ? 2 : 1);
  if (!is_ascii_alphanumeric(text[at]) || is_digit(text[at])) return from;
  at = skip(text, at, is_name_character);
  while (!closing && text[at] == U' ' && is_letter(text[spaces(text, at)])) {
    at = skip(text, spaces(text, at), is_name_character);
    const std::size_t equals = spaces(text, at);
    if (text[equals] != U'=') continue;
    at = spaces(text, equals + 1);
    if (is_one_of(text[at], U"'\"")) {
      const std::size_t close = text.find(text[at], at + 1);
      if (close == text.npos) return from;
      at = close + 1;
    } else {
      const std::size_t value = skip(text, at, is_name_character);
      if (value == at) return from;
      at = value;
    }
  }
  at = spaces(text, at);
  if (!closing && text[at] == U'/') at = spaces(text, at + 1);
  return text[at] == U'>' ? at + 1 : from;
}

std::size_t address(const Text& text, std::size_t from) {
  for (const std::string_view scheme : {"http://", "https://", "ftp://", "svn://", "mailto://"}) {
    if (!stands_at(text, from, scheme)) continue;
    const std::size_t end = address_tail(text, from + scheme.size());
    if (end >= from + scheme.size() + 2) return end;
  }
  const std::size_t host = word(text, from);
  for (const std::string_view domain : {".com", ".net", ".org", ".edu"}) {
    if (host <= from + domain.size() || !stands_at(text, host - domain.size(), domain)) continue;
    const std::size_t end = text[host] == U'/' ? address_tail(text, host + 1) : host;
    return std::max(host, end >= host + 3 ? end : host);
  }
  return email(text, from);
}

std::size_t handle(const Text& text, std::size_t from) {
  const auto inside = [](char32_t c) { return is_letter(c) || is_digit(c) || c == U'_'; };
  const bool ascii_start = is_ascii_alphanumeric(text[from + 1]) && !is_digit(text[from + 1]);
  if (is_one_of(text[from], U"@\uFF20") && (ascii_start || text[from + 1] == U'_')) {
    return skip(text, from + 1, [](char32_t c) { return is_ascii_alphanumeric(c) || c == U'_'; });
  }
  if (is_one_of(text[from], U"#\uFF03") && is_letter(text[from + 1])) {
    std::size_t end = skip(text, from + 1, inside);
    while (text[end - 1] == U'_') --end;
    return end >= from + 3 ? end : from;
  }
  return from;
}

std::size_t smiley(const Text& text, std::size_t from) {
  const auto finish = [&](std::size_t mouth) {
    return is_one_of(text[mouth], U"()DPdpO\\{@|[]") ? mouth + 1 : from;
  };
  std::size_t eyes = is_one_of(text[from], U"<>") ? from + 1 : from;
  if (!is_one_of(text[eyes], U":;=")) return from;
  if (is_one_of(text[eyes + 1], U"-o*'") && finish(eyes + 2) > from) return finish(eyes + 2);
  return finish(eyes + 1);
}

std::size_t abbreviation(const Text& text, std::size_t from) {
  const std::size_t end = dotted_letters(text, from);
  if (end == from || text[end] != U'.') return from;
  const std::string word = lower_ascii(text, from, end);
  const bool known = is_acronym(word) || abbreviations().count(word) != 0 ||
                     (capital_abbreviations().count(word) != 0 && is_upper(text[from])) ||
                     (word == "v" && text[from] == U'v');
  return known ? end + 1 : from;
}

std::size_t number_abbreviation(const Text& text, std::size_t from) {
  static const std::unordered_set<std::string> words = {
      "ca",  "fig",  "figs", "prop",  "no", "nos", "sec",    "sect", "secs", "sects",
      "art", "arts", "para", "paras", "pp", "op",  "approx", "rs",   "bldg"};
  const std::size_t end = dotted_letters(text, from);
  if (end == from || text[end] != U'.') return from;
  const std::string word = lower_ascii(text, from, end);
  if (words.count(word) == 0 && !(word == "pt" && text[from] == U'P')) return from;
  const std::size_t next = is_space(text[end + 1]) ? end + 2 : end + 1;
  return next < text.size() && is_digit(text[next]) ? end + 1 : from;
}

std::size_t sentence_final_letter(const Text& text, std::size_t from) {
  static const std::unordered_set<std::string> starts = {
      "About", "According", "Additionally", "After", "An",   "A",    "As",   "At",      "But",
      "Did",   "During",    "Earlier",      "He",    "Her",  "Here", "How",  "However", "If",
      "In",    "It",        "Last",         "Many",  "More", "Now",  "Once", "One",     "Other",
      "Our",   "She",       "Since",        "So",    "Some", "Such", "That", "The",     "Their",
      "Then",  "There",     "These",        "They",  "This", "We",   "When", "While",   "What",
      "Who",   "Why",       "Yet",          "You",   "Mr.",  "Ms."};
  if (!is_ascii_alphanumeric(text[from]) || is_digit(text[from]) || text[from + 1] != U'.' ||
      !is_space(text[from + 2])) {
    return from;
  }
  const std::size_t start = skip(text, from + 2, is_space);
  std::size_t end = skip(text, start, is_letter);
  if (end < text.size() && text[end] == U'.') ++end;
  if (end >= text.size() || !(is_space(text[end]) || is_one_of(text[end], U"?!"))) return from;
  return starts.count(encode_utf8(std::u32string_view(text).substr(start, end - start))) != 0
             ? from + 1
             : from;
}

}  // namespace saccade::ptb
