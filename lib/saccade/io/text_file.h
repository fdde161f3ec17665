#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>

namespace saccade {

/// Reads a whole file and strips a byte order mark.
/// @throws std::runtime_error naming the file if it cannot be read, is blank, or is not UTF-8 (also
///         naming the line).
std::string read_utf8_file(const std::filesystem::path& path);

/// Calls visit(number, line) for each line that is not blank. Numbers start at 1. Trailing spaces
/// and the line break are removed.
template <typename Visit>
void for_each_line(const std::string& text, Visit&& visit) {
  std::size_t number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t stop = std::min(text.find('\n', start), text.size());
    std::size_t end = stop;
    while (end > start && (text[end - 1] == '\r' || text[end - 1] == ' ')) --end;
    if (end > start) visit(number, text.substr(start, end - start));
    start = stop + 1;
  }
}

/// The text without spaces, tabs and line breaks at its start and end.
std::string trimmed(const std::string& text);

/// @throws std::runtime_error with the message "PATH, line LINE: WHAT".
[[noreturn]] void refuse_line(const std::filesystem::path& path, std::size_t line,
                              const std::string& what);

}  // namespace saccade
