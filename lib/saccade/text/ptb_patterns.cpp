#include "saccade/text/ptb_patterns.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "saccade/io/unicode.h"

namespace saccade::ptb {
namespace {

bool is_ascii_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }
bool is_hyphen(char32_t c) { return is_one_of(c, U"-_\u058A\u2010\u2011"); }

std::size_t digits(const Text& text, std::size_t from) { return skip(text, from, is_digit); }
std::size_t alphanumerics(const Text& text, std::size_t from) {
  return skip(text, from, is_alphanumeric);
}

/// Between `low` and `high` digits and no more at `from`; returns `from` when it is not so.
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

/// One part of a hyphenated thing, with the French and Irish prefixes: o'clock, d'or.
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

/// The end of e.g. "U.S." at `from`: letters with a period after each, two or more.
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

}  // namespace saccade::ptb
