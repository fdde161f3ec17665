#include "saccade/text/ptb_patterns.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_set>

#include "saccade/io/unicode.h"

namespace saccade::ptb {
namespace {

bool is_ascii_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }
bool is_hyphen(char32_t c) { return is_one_of(c, U"-_\u058A\u2010\u2011"); }

std::size_t digits(const Text& text, std::size_t from) { return skip(text, from, is_digit); }
std::size_t alphanumerics(const Text& text, std::size_t from) {
  return skip(text, from, is_alphanumeric);
}

/// The end of a run of `low` to `high` digits at `from`; `from` if the run is shorter or longer.
std::size_t digits_between(const Text& text, std::size_t from, std::size_t low, std::size_t high) {
  const std::size_t end = digits(text, from);
  return end - from >= low && end - from <= high ? end : from;
}

std::size_t unsigned_number(const Text& text, std::size_t from) {
  std::size_t end = digits(text, from);
  const bool leading = end > from;
  while (is_one_of(text[end], U".,\u066B\u066C") ||
         (leading && is_one_of(text[end], U":\u00AD\u2009\u202F"))) {
    const std::size_t next = digits(text, end + 1);
    if (next == end + 1) break;
    end = next;
  }
  return end;
}

/// One part of a hyphenated word, with French and Irish prefixes: o'clock, d'or.
std::size_t thing_part(const Text& text, std::size_t from, bool allow_sign) {
  const auto core = [&](std::size_t at) {
    return std::max(alphanumerics(text, at),
                    allow_sign ? number(text, at) : unsigned_number(text, at));
  };
  if (is_one_of(text[from], U"dDoOlL") && is_any_apostrophe(text[from + 1]) &&
      is_alphanumeric(text[from + 2])) {
    const std::size_t end = core(from + 3);
    if (end > from + 3) return end;
  }
  return core(from);
}

/// The end of an acronym like "U.S." at `from`: two or more letters, each followed by a period.
std::size_t dotted_acronym(const Text& text, std::size_t from) {
  std::size_t end = from, letters = 0;
  while (is_ascii_letter(text[end]) && text[end + 1] == U'.') end += 2, ++letters;
  return letters >= 2 ? end : from;
}

}  // namespace

bool is_apostrophe(char32_t c) { return is_one_of(c, U"'\u0092\u2019\u00B4"); }
bool is_any_apostrophe(char32_t c) {
  return is_apostrophe(c) || is_one_of(c, U"`\u0091\u2018\u201B");
}
bool is_alphanumeric(char32_t c) { return c != 0xAD && (is_letter(c) || is_digit(c)); }

bool stands_at(const Text& text, std::size_t from, std::string_view part) {
  if (from + part.size() > text.size()) return false;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (to_lower(text[from + i]) != static_cast<char32_t>(part[i])) return false;
  }
  return true;
}

std::size_t word(const Text& text, std::size_t from) {
  if (!is_letter(text[from])) return from;
  std::size_t end = from;
  while (true) {
    end = skip(text, end, [](char32_t c) { return is_letter(c) || is_digit(c); });
    if (!is_one_of(text[end], U".!?") || !is_letter(text[end + 1])) return end;
    ++end;
  }
}

std::size_t auxiliary(const Text& text, std::size_t from) {
  if (!is_apostrophe(text[from])) return from;
  for (const char* end : {"re", "ve", "ll"}) {
    if (stands_at(text, from + 1, end)) return from + 3;
  }
  return is_one_of(text[from + 1], U"msdMSD") ? from + 2 : from;
}

std::size_t negation(const Text& text, std::size_t from) {
  const bool matches = is_one_of(text[from], U"nN") && is_any_apostrophe(text[from + 1]) &&
                       is_one_of(text[from + 2], U"tT");
  return matches ? from + 3 : from;
}

std::size_t negated_word(const Text& text, std::size_t from) {
  const std::size_t end = skip(text, from, is_letter);
  if (end < from + 2 || negation(text, end - 1) == end - 1) return from;
  const char32_t last = text[end - 2];
  return is_ascii_letter(last) && !is_one_of(last, U"nN") ? end - 1 : from;
}

std::size_t apostrophe_word(const Text& text, std::size_t from) {
  static constexpr std::array<std::string_view, 10> kWhole = {
      "cont'd",  "cont'd.", "nor'easter", "c'mon", "e'er",
      "s'mores", "ev'ry",   "li'l",       "nat'l", "o'o"};
  static constexpr std::array<std::string_view, 6> kClipped = {"dunkin", "somethin", "ol",
                                                               "l",      "d",        "j"};
  std::size_t best = from;
  const auto offer = [&](std::size_t end) { best = std::max(best, end); };
  for (const std::string_view whole : kWhole) {
    if (stands_at(text, from, whole)) offer(from + whole.size());
  }
  for (const std::string_view clipped : kClipped) {
    if (stands_at(text, from, clipped) && is_apostrophe(text[from + clipped.size()])) {
      offer(from + clipped.size() + 1);
    }
  }
  if (is_apostrophe(text[from])) {
    for (const std::string_view rest : {"em", "til", "till", "cause", "n"}) {
      if (stands_at(text, from + 1, rest)) offer(from + 1 + rest.size());
    }
    if (stands_at(text, from + 1, "n") && is_apostrophe(text[from + 2])) offer(from + 3);
    if (text[from + 1] >= U'2' && text[from + 1] <= U'9' && stands_at(text, from + 2, "0s")) {
      offer(from + 4);
    }
    return best;
  }
  const std::size_t letters = skip(text, from, is_letter);
  if (letters == from || !is_any_apostrophe(text[letters])) return best;
  const char32_t last = text[letters - 1], next = text[letters + 1];
  const std::size_t end = skip(text, letters + 1, is_letter);
  const bool name =
      letters == from + 1 &&
      ((is_ascii_capital(last) && last != U'I' && last != U'Y' && last != U'Z') || last == U'n');
  if (name && end >= letters + 3) offer(end);
  const bool vowels = letters >= from + 2 && is_one_of(last, U"aeiouyAEIOUY") &&
                      (is_one_of(next, U"aeiou") || is_ascii_capital(next));
  if (vowels) offer(end);
  return best;
}

std::size_t number(const Text& text, std::size_t from) {
  const std::size_t start = is_one_of(text[from], U"-+") ? from + 1 : from;
  const std::size_t end = unsigned_number(text, start);
  return end > start ? end : from;
}

std::size_t date(const Text& text, std::size_t from) {
  const auto separator = [&](std::size_t at) { return is_one_of(text[at], U"-/"); };
  const std::size_t first = digits_between(text, from, 1, 2);
  if (first == from || !separator(first)) return from;
  const std::size_t second = digits_between(text, first + 1, 1, 2);
  if (second == first + 1 || !separator(second)) return from;
  const std::size_t year = std::min(digits(text, second + 1), second + 5);
  return year >= second + 3 ? year : from;
}

std::size_t fraction(const Text& text, std::size_t from) {
  const auto ratio = [&](std::size_t at) {
    std::size_t slash = digits_between(text, at, 1, 4);
    if (slash == at) return at;
    if (text[slash] == U'\\') ++slash;
    if (!is_one_of(text[slash], U"/\u2044")) return at;
    const std::size_t end = std::min(digits(text, slash + 1), slash + 5);
    return end > slash + 1 ? end : at;
  };
  const std::size_t whole = digits_between(text, from, 1, 4);
  if (whole > from && is_one_of(text[whole], U"- \u00A0") && ratio(whole + 1) > whole + 1) {
    return ratio(whole + 1);
  }
  return ratio(from);
}

std::size_t degrees(const Text& text, std::size_t from) {
  return text[from] == 0xB0 && is_one_of(text[from + 1], U"CF") ? from + 2 : from;
}

std::size_t dollars(const Text& text, std::size_t from) {
  if (text[from] == U'#') return from + 1;
  const std::size_t sign = skip(text, from, is_ascii_capital);
  return text[sign] == U'$' ? sign + 1 : from;
}

std::size_t thing(const Text& text, std::size_t from) {
  std::size_t end = thing_part(text, from, true);
  if (end == from) return from;
  while (is_hyphen(text[end])) {
    const std::size_t next = thing_part(text, end + 1, false);
    if (next == end + 1) break;
    end = next;
  }
  return end;
}

std::size_t hyphenated(const Text& text, std::size_t from) {
  const auto inside = [](char32_t c) { return is_alphanumeric(c) || is_one_of(c, U".,\u00AD"); };
  if (!is_alphanumeric(text[from])) return from;
  std::size_t end = skip(text, from, inside), accepted = from;
  const auto followed_well = [&](std::size_t at) {
    return !is_alphanumeric(text[at]) && !is_one_of(text[at], U".+");
  };
  while (text[end] == U'-') {
    std::size_t next =
        skip(text, end + 1, [](char32_t c) { return is_alphanumeric(c) || c == 0xAD; });
    if (next == end + 1) break;
    const std::size_t decimals = text[next] == U'.' ? digits(text, next + 1) : next + 1;
    if (text[next] == U'.' && decimals > next + 1) next = decimals;
    next = std::max(next, dotted_acronym(text, end + 1));
    end = next;
    if (followed_well(end)) accepted = end;
  }
  return accepted;
}

std::size_t slashed(const Text& text, std::size_t from) {
  const auto part = [&](std::size_t at) {
    std::size_t end = alphanumerics(text, at);
    for (int i = 0; end > at && i < 2 && text[end] == U'-'; ++i) {
      const std::size_t next = skip(text, end + 1, is_letter);
      if (next == end + 1) break;
      end = next;
    }
    return end;
  };
  std::size_t end = part(from), slashes = 0;
  while (end > from && slashes < 2) {
    const std::size_t slash = text[end] == U'\\' ? end + 1 : end;
    if (text[slash] != U'/') break;
    const std::size_t next = part(slash + 1);
    if (next == slash + 1) break;
    end = next;
    ++slashes;
  }
  return slashes > 0 ? end : from;
}

std::size_t capitals(const Text& text, std::size_t from) {
  std::size_t end = skip(text, from, is_ascii_capital);
  if (end == from) return from;
  std::size_t joined = from;
  while (is_one_of(text[end], U"+&") && is_ascii_capital(text[end + 1])) {
    end = joined = skip(text, end + 1, is_ascii_capital);
  }
  return joined;
}

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

/// Abbreviations that are written with a period anywhere in a sentence.
const std::unordered_set<std::string>& abbreviations() {
  static const std::unordered_set<std::string> words = {
      // months and days; "may", "sat" and "sun" are usually words
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

/// Abbreviations only if capitalized; ordinary words in lower case.
const std::unordered_set<std::string>& capital_abbreviations() {
  static const std::unordered_set<std::string> words = {"az",   "ark", "del", "ill", "la",  "mass",
                                                        "miss", "ore", "pa",  "tex", "wash"};
  return words;
}

/// The run of letters and digits with single periods between them: a candidate abbreviation.
std::size_t dotted_letters(const Text& text, std::size_t from) {
  std::size_t end = from;
  while (is_ascii_alphanumeric(text[end]) ||
         (end > from && text[end] == U'.' && is_ascii_alphanumeric(text[end + 1]))) {
    ++end;
  }
  return end;
}

/// x or x.y.z: single letters separated by periods.
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

/// The end of the run from `from` on, without characters that cannot end an address.
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
