#include "saccade/io/unicode.h"

#include <cstdio>
#include <locale.h>
#include <wctype.h>

namespace saccade {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t c;
  std::size_t length;
  bool valid;
};

Decoded decode_one(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {kReplacement, 1, false};
  char32_t c = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {kReplacement, 1, false};
    c = (c << 6) | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && c < 0x800) || (length == 4 && c < 0x10000);
  const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
  if (overlong || surrogate || c > 0x10FFFF) return {kReplacement, 1, false};
  return {c, length, true};
}

/// The C library's Unicode tables. Without this locale, only ASCII characters have classes.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded one = decode_one(text, at);
    result.push_back(one.c);
    at += one.length;
  }
  return result;
}

std::string encode_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  const auto tail = [&](char32_t c, int shift) {
    result.push_back(static_cast<char>(0x80 | ((c >> shift) & 0x3F)));
  };
  for (const char32_t c : text) {
    if (c < 0x80) {
      result.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
      result.push_back(static_cast<char>(0xC0 | (c >> 6)));
      tail(c, 0);
    } else if (c < 0x10000) {
      result.push_back(static_cast<char>(0xE0 | (c >> 12)));
      tail(c, 6), tail(c, 0);
    } else {
      result.push_back(static_cast<char>(0xF0 | (c >> 18)));
      tail(c, 12), tail(c, 6), tail(c, 0);
    }
  }
  return result;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded one = decode_one(text, at);
    if (!one.valid) return at;
    at += one.length;
  }
  return std::nullopt;
}

bool is_digit(char32_t c) { return (c >= U'0' && c <= U'9') || (c >= 0xFF10 && c <= 0xFF19); }

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  if (c == 0xAD) return true;  // the soft hyphen is part of its word
  if (c >= 0x300 && c <= 0x36F) return true;
  return unicode_locale() != nullptr && iswalpha_l(static_cast<wint_t>(c), unicode_locale()) != 0 &&
         !is_digit(c);
}

bool is_space(char32_t c) {
  return c == U' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x3000;
}

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z';
  return unicode_locale() != nullptr && iswupper_l(static_cast<wint_t>(c), unicode_locale()) != 0;
}

char32_t to_lower(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z' ? c + 32 : c;
  if (unicode_locale() == nullptr) return c;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode_locale()));
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  if (!find_invalid_utf8(text)) return std::string(text);
  return encode_utf8(decode_utf8(text));
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char32_t c : decode_utf8(text)) {
    if (c >= 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0) && c != 0x2028 && c != 0x2029) {
      line += encode_utf8(std::u32string_view(&c, 1));
    } else if (c == '\n' || c == '\t' || c == '\r') {
      line += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
    } else {
      char escape[12];
      std::snprintf(escape, sizeof escape, c < 0x100 ? "\\x%02X" : "\\u%04X", unsigned(c));
      line += escape;
    }
  }
  return line;
}

std::string path_text(const std::filesystem::path& path) { return valid_utf8(path.native()); }

}  // namespace saccade
