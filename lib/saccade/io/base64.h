#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace saccade {

/// Base64 with padding (RFC 4648), without line breaks.
std::string encode_base64(std::string_view bytes);

/// @return the bytes, or nothing if the text is not what encode_base64 writes.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace saccade
