#pragma once

#include <filesystem>
#include <string_view>

namespace saccade {

/// The image format that a file's first bytes indicate, e.g. "JPEG" or "HEIC"; nullptr if none.
/// Recognizes more formats than can be decoded, so that messages can name them.
/// @param start  the first kSignatureBytes of the file, or all of a shorter one.
const char* image_format_of(std::string_view start);
constexpr std::size_t kSignatureBytes = 64;

/// The same for a file. Opens regular files only; nullptr for all others and when reading fails.
const char* image_format_of_file(const std::filesystem::path& path);

}  // namespace saccade
