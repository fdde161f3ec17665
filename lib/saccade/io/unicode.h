#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace saccade {

/// The code points of UTF-8 text; a byte that is not part of a valid character becomes U+FFFD.
std::u32string decode_utf8(std::string_view text);
std::string encode_utf8(std::u32string_view text);
/// The position of the first byte that is not valid UTF-8, or std::nullopt. Surrogates and overlong
/// encodings are invalid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);
/// The text as valid UTF-8: each byte that is not part of a valid character becomes U+FFFD.
std::string valid_utf8(std::string_view text);
/// Text of any origin, such as a path in a message, as one line that is safe to print: valid_utf8
/// with control characters written as escapes (\n, \t, \x1B). Applying it twice changes nothing.
std::string one_line(std::string_view text);

// Unicode character classes, independent of the process's locale.
bool is_letter(char32_t c);  ///< letters of every script and combining marks; not digits
bool is_digit(char32_t c);   ///< 0 to 9, also full width
bool is_space(char32_t c);   ///< also line breaks and the no-break space
bool is_upper(char32_t c);
char32_t to_lower(char32_t c);
/// A to Z become a to z; other bytes stay.
std::string lower_ascii(std::string_view text);

// As std::string_view has them in C++20.
inline bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}
inline bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// A path as text for JSON and HTML: valid_utf8 of its bytes. Linux file names may contain any
/// bytes, and the JSON library throws on invalid UTF-8, so use this for every path in JSON.
std::string path_text(const std::filesystem::path& path);

}  // namespace saccade
