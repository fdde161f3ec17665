#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// The text as valid UTF-8: each byte that is not part of a valid character becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// A path as text for JSON and HTML: valid_utf8 of its bytes. Linux file names may contain any
/// bytes, and the JSON library throws on invalid UTF-8, so use this for every path in JSON.
std::string path_text(const std::filesystem::path& path);

}  // namespace saccade
