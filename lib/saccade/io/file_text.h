#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>

#include <nlohmann/json.hpp>

namespace saccade {

/// The whole file, without a byte order mark.
/// @throws std::runtime_error when it cannot be read, is empty, or, with the line, is not UTF-8.
std::string read_utf8_file(const std::filesystem::path& path);

/// Calls visit(number, line) for each line that is not blank, numbered from 1, without its line
/// end.
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

/// @throws std::runtime_error: the path, the line and `what`.
[[noreturn]] void refuse_line(const std::filesystem::path& path, std::size_t line,
                              const std::string& what);

/// One line of JSON.
nlohmann::json parse_line(const std::filesystem::path& path, std::size_t number,
                          const std::string& line);
/// The whole text as JSON.
/// @param watch     told of every value as the parser has it; may throw
/// @param comments  whether // and /* */ are passed over
nlohmann::json parse_json(const std::filesystem::path& path, const std::string& text,
                          const nlohmann::json::parser_callback_t& watch = nullptr,
                          bool comments = false);

/// The first of `keys` that the object has, as text; numbers are written out.
/// @throws nlohmann::json::exception when it has none of them or it is neither text nor a whole
/// number.
std::string text_of(const nlohmann::json& object, std::initializer_list<const char*> keys);

}  // namespace saccade
