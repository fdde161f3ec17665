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

/// What the JSON parser complains of, without the name and the number that it begins with.
std::string json_reason(const nlohmann::json::exception& error);

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

/// Parses a whole text as JSON. Unlike the parser underneath, which keeps the last of two equal
/// keys in silence, it refuses an object that has a key twice. It also refuses what is nested
/// deeper than 100 levels, and more values than the text's length can explain, so that the result
/// takes at most 32 times as much memory as the text.
/// @throws std::runtime_error; `name` stands in the message.
nlohmann::json parse_strict_json(std::string_view text, const std::string& name);

/// Reads an object's fields by name and in range, and in the end refuses those nobody asked for.
/// Every message names the field by its path from the top, e.g. `decoder.hidden`.
/// All of it throws std::runtime_error.
class JsonFields {
 public:
  /// @param json  must outlive this object.
  /// @param path  the object's own path; empty at the top.
  JsonFields(const nlohmann::json& json, std::string path);

  const nlohmann::json& at(const std::string& key);
  JsonFields object(const std::string& key);
  std::int64_t integer(const std::string& key, std::int64_t low, std::int64_t high);
  double number(const std::string& key, double low, double high);
  bool boolean(const std::string& key);
  std::string text(const std::string& key);
  /// Exactly `count` finite numbers.
  std::vector<double> numbers(const std::string& key, std::size_t count);

  /// Refuses a key that was never read.
  void finish() const;
  /// `<path>.<key> is <actual>; expected <expected>`, as every message of this class.
  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

 private:
  std::string full_name(const std::string& key) const;

  const nlohmann::json& json_;
  std::string path_;
  std::set<std::string> read_;
};

}  // namespace saccade
