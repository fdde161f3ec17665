#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace saccade {

/// The JSON parser's message without the exception name and number at its start.
std::string json_reason(const nlohmann::json::exception& error);

/// Parses one line as JSON.
/// @param path    only for messages, as is `number`, the line's number from 1.
/// @throws std::runtime_error naming the path and line.
nlohmann::json parse_line(const std::filesystem::path& path, std::size_t number,
                          const std::string& line);
/// Parses the whole text as JSON.
/// @param path      only for messages
/// @param watch     called for every value that the parser reads; may throw
/// @param comments  whether // and /* */ comments are skipped
/// @throws std::runtime_error naming the path and, for a syntax error, the line.
nlohmann::json parse_json(const std::filesystem::path& path, const std::string& text,
                          const nlohmann::json::parser_callback_t& watch = nullptr,
                          bool comments = false);

/// The value of the first of `keys` that the object has, as text; integers are converted.
/// @throws nlohmann::json::exception if the object has none of them, or the value is neither a
///         string nor an integer.
std::string text_of(const nlohmann::json& object, std::initializer_list<const char*> keys);

/// Parses the whole text as JSON, with stricter rules than the underlying parser. It rejects
/// duplicate keys in an object (the parser silently keeps the last one), nesting deeper than 100
/// levels, and more values than are plausible for the text's length, so that the result takes at
/// most 32 times as much memory as the text.
/// @throws std::runtime_error with `name` in the message.
nlohmann::json parse_strict_json(std::string_view text, const std::string& name);

/// Reads an object's fields by name, checks types and ranges, and finally rejects unknown keys.
/// Every message names the field by its path from the top level, e.g. `decoder.hidden`.
/// All members throw std::runtime_error.
class JsonFields {
 public:
  /// @param json  must outlive this object.
  /// @param path  the object's own path; empty at the top level.
  JsonFields(const nlohmann::json& json, std::string path);

  const nlohmann::json& at(const std::string& key);
  JsonFields object(const std::string& key);
  std::int64_t integer(const std::string& key, std::int64_t low, std::int64_t high);
  double number(const std::string& key, double low, double high);
  bool boolean(const std::string& key);
  std::string text(const std::string& key);
  /// An array of exactly `count` finite numbers.
  std::vector<double> numbers(const std::string& key, std::size_t count);

  /// Rejects keys that were never read.
  void finish() const;
  /// Throws `<path>.<key> is <actual>; expected <expected>`, the form of all messages about values.
  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

 private:
  std::string full_name(const std::string& key) const;

  const nlohmann::json& json_;
  std::string path_;
  std::set<std::string> read_;
};

}  // namespace saccade
