#include "saccade/text/strict_json.h"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace saccade {
namespace {

/// A value as a message shows it: short, and safe whatever bytes it holds.
std::string shown(const nlohmann::json& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

}  // namespace

nlohmann::json parse_strict_json(std::string_view text, const std::string& name) {
  using Event = nlohmann::json::parse_event_t;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto watch = [&](int, Event event, nlohmann::json& parsed) {
    if (event == Event::object_start) {
      keys.emplace_back();
    } else if (event == Event::object_end) {
      keys.pop_back();
    } else if (event == Event::key && !keys.back().insert(parsed.get<std::string>()).second) {
      throw std::runtime_error(name + ": the key " + shown(parsed) +
                               " stands twice in one object; keep one of them");
    }
    return true;
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), watch);
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(name + ": not valid JSON (" + error.what() + ")");
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
  return path_.empty() ? key : path_ + "." + key;
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
