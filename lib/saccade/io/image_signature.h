#pragma once

#include <filesystem>
#include <string_view>

namespace saccade {

/// The image format that a file's first bytes announce, e.g. "JPEG" or "HEIC", or nullptr when they
/// announce none. Knows more formats than can be decoded, so that a file is named for what it is.
/// @param start  kSignatureBytes of the file, or all of a shorter one.
const char* image_format_of(std::string_view start);
constexpr std::size_t kSignatureBytes = 64;

/// The same of a regular file; nullptr also when it cannot be read. Never opens anything else.
const char* image_format_of_file(const std::filesystem::path& path);

}  // namespace saccade
