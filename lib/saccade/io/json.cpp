#include "saccade/io/json.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "saccade/io/text_file.h"

namespace saccade {

std::string json_reason(const nlohmann::json::exception& error) {
  const std::string text = error.what();  // "[json.exception.KIND.NUMBER] MESSAGE"
  const std::size_t end = text.find("] ");
  return text.rfind("[json.exception.", 0) == 0 && end != std::string::npos ? text.substr(end + 2)
                                                                            : text;
}

nlohmann::json parse_line(const std::filesystem::path& path, std::size_t number,
                          const std::string& line) {
  try {
    return nlohmann::json::parse(line);
  } catch (const nlohmann::json::exception& error) {
    refuse_line(path, number, std::string("is not JSON: ") + json_reason(error));
  }
}

nlohmann::json parse_json(const std::filesystem::path& path, const std::string& text,
                          const nlohmann::json::parser_callback_t& watch, bool comments) {
  try {
    return nlohmann::json::parse(text, watch, true, comments);
  } catch (const nlohmann::json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    refuse_line(path, static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1,
                std::string("is not JSON: ") + json_reason(error));
  } catch (const nlohmann::json::exception& error) {  // a number out of the range of double
    throw std::runtime_error(path.string() + ": is not readable JSON: " + json_reason(error));
  }
}

std::string text_of(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found == object.end()) continue;
    return found->is_number_integer() ? found->dump() : found->get<std::string>();
  }
  return object.at(*keys.begin()).get<std::string>();
}

namespace {

// Levels. Copying and serializing a value recurse once per level.
constexpr std::size_t kDeepest = 100;
// A value takes up to 100 bytes of memory; in real documents it takes several bytes of text.
constexpr std::size_t kBytesPerValue = 4;
constexpr std::size_t kMinValues = 4096;

/// A value as text for messages: short, and always valid ASCII.
std::string shown(const nlohmann::json& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

/// A key as text for messages: its letters, with control characters escaped.
std::string shown_key(const std::string& key) {
  const std::string quoted = shown(key);
  return quoted.size() == key.size() + 2 ? key : quoted;
}

/// Reads a document without building it and rejects what the parser would accept. The parser's own
/// callback could do this, but its cost per object grows with the size of the parent.
class StrictChecker : public nlohmann::json_sax<nlohmann::json> {
 public:
  StrictChecker(std::size_t size, const std::string& name)
      : name_(name), left_(kMinValues + size / kBytesPerValue) {}

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    if (!keys_.back().insert(key).second) {
      refuse("the key " + shown(key) + " appears twice in one object; keep one of them");
    }
    return true;
  }
  /// Left to the parser that builds the document: its message is better.
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(name_ + ": " + what);
  }
  bool open() {
    if (keys_.size() >= kDeepest) {
      refuse("the JSON is nested deeper than " + std::to_string(kDeepest) +
             " levels, which is the limit");
    }
    keys_.emplace_back();
    return count();
  }
  bool close() {
    keys_.pop_back();
    return true;
  }
  bool count() {
    if (left_ == 0) {
      refuse("the JSON has more than one value per " + std::to_string(kBytesPerValue) +
             " bytes, which is the limit");
    }
    --left_;
    return true;
  }

  const std::string& name_;
  std::size_t left_;                         // values that may still follow
  std::vector<std::set<std::string>> keys_;  // one set per open object or array
};

}  // namespace

nlohmann::json parse_strict_json(std::string_view text, const std::string& name) {
  StrictChecker checker(text.size(), name);
  nlohmann::json::sax_parse(text.begin(), text.end(), &checker);
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(name + ": not valid JSON (" + json_reason(error) + ")");
  }
}

JsonFields::JsonFields(const nlohmann::json& json, std::string path)
    : json_(json), path_(std::move(path)) {
  if (!json_.is_object()) {
    throw std::runtime_error((path_.empty() ? "the top level" : path_) + " is " + shown(json_) +
                             "; expected a JSON object");
  }
}

std::string JsonFields::full_name(const std::string& key) const {
  return path_.empty() ? shown_key(key) : path_ + "." + shown_key(key);
}

void JsonFields::refuse(const std::string& key, const std::string& expected) const {
  throw std::runtime_error(full_name(key) + " is " + shown(json_.at(key)) + "; expected " +
                           expected);
}

const nlohmann::json& JsonFields::at(const std::string& key) {
  const auto found = json_.find(key);
  if (found == json_.end()) throw std::runtime_error("the key " + full_name(key) + " is missing");
  read_.insert(key);
  return *found;
}

JsonFields JsonFields::object(const std::string& key) {
  return JsonFields(at(key), full_name(key));
}

std::int64_t JsonFields::integer(const std::string& key, std::int64_t low, std::int64_t high) {
  const auto& value = at(key);
  const std::string expected = "an integer in " + std::to_string(low) + "…" + std::to_string(high);
  if (!value.is_number_integer()) refuse(key, expected);
  // Beyond the signed range, get() would wrap around.
  const bool too_large = value.is_number_unsigned() &&
                         value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto number = value.get<std::int64_t>();
  if (too_large || number < low || number > high) refuse(key, expected);
  return number;
}

bool JsonFields::boolean(const std::string& key) {
  const auto& value = at(key);
  if (!value.is_boolean()) refuse(key, "true or false");
  return value.get<bool>();
}

std::string JsonFields::text(const std::string& key) {
  const auto& value = at(key);
  if (!value.is_string()) refuse(key, "a string");
  return value.get<std::string>();
}

double JsonFields::number(const std::string& key, double low, double high) {
  const auto& value = at(key);
  if (!value.is_number() || !(value.get<double>() >= low && value.get<double>() <= high)) {
    refuse(key, "a number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return value.get<double>();
}

std::vector<double> JsonFields::numbers(const std::string& key, std::size_t count) {
  const auto& value = at(key);
  bool good = value.is_array() && value.size() == count;
  std::vector<double> numbers;
  for (std::size_t i = 0; good && i < count; ++i) {
    good = value[i].is_number() && std::isfinite(value[i].get<double>());
    if (good) numbers.push_back(value[i].get<double>());
  }
  if (!good) refuse(key, "an array of " + std::to_string(count) + " finite numbers");
  return numbers;
}

void JsonFields::finish() const {
  for (const auto& item : json_.items()) {
    if (read_.count(item.key()) == 0) {
      throw std::runtime_error("the key " + full_name(item.key()) + " is unknown; remove it");
    }
  }
}

}  // namespace saccade
