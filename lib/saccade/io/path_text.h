#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// The text as UTF-8 whatever its bytes are: each byte that belongs to no character becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// A path as JSON and HTML can hold it: valid_utf8 of its bytes. File names on Linux may be any
/// bytes, and the JSON library throws on those that are not UTF-8, so every path that is put into
/// JSON comes from here.
std::string path_text(const std::filesystem::path& path);

}  // namespace saccade
