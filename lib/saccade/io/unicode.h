#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace saccade {

/// The code points of UTF-8 text; a byte that belongs to no character becomes U+FFFD.
std::u32string decode_utf8(std::string_view text);
std::string encode_utf8(std::u32string_view text);
/// Where the first byte lies that is not UTF-8, or nothing. Surrogates and overlong forms are not.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// The classes of Unicode, whatever the locale of the process.
bool is_letter(char32_t c);  ///< combining marks and letters of every script; no ASCII digit
bool is_digit(char32_t c);   ///< 0 to 9, also full width
bool is_space(char32_t c);   ///< also line ends and the no-break space
bool is_upper(char32_t c);
char32_t to_lower(char32_t c);

}  // namespace saccade
