#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

struct CsvRow {
  std::size_t line;  ///< number of its first line, from 1
  std::vector<std::string> fields;
};

/// Parses comma-separated values as in RFC 4180: quoted fields may contain commas, line breaks and
/// doubled quotes. Blank lines and lines with a single empty field are skipped.
/// @param path  only for messages.
/// @return at least one row.
/// @throws std::runtime_error naming the path and line of an unclosed quote or of text after a
///         closing quote, or the path when there are no rows.
std::vector<CsvRow> parse_csv(const std::string& text, const std::filesystem::path& path);

/// Writes a row as parse_csv reads it, without the line break: fields with a comma, a quote, a line
/// break or a space at an end are quoted.
std::string csv_row(const std::vector<std::string>& fields);

}  // namespace saccade
