#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

struct CsvRow {
  std::size_t line;  ///< where it begins, from 1
  std::vector<std::string> fields;
};

/// Comma-separated values as in RFC 4180: fields in double quotes may hold commas, line ends and
/// doubled quotes. Blank lines, and those of one empty field, are left out.
/// @return at least one row.
/// @throws std::runtime_error with the path and line for a quote that is never closed or closed too
/// soon, and with the path when there is no row.
std::vector<CsvRow> parse_csv(const std::string& text, const std::filesystem::path& path);

}  // namespace saccade
