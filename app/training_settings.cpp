#include "training_settings.h"

#include <algorithm>
#include <iostream>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include "saccade/io/json.h"
#include "saccade/io/text_file.h"

namespace saccade::app {
namespace {

/// The Levenshtein distance of two names.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

/// For an unknown setting: the most similar setting, and how to list all of them.
std::string advice(const std::string& name) {
  const nlohmann::json known = to_json(TrainingConfig{});
  if (known.contains(name)) return "";
  constexpr std::size_t kNear = 3;
  std::string nearest;
  std::size_t min = std::min(kNear, name.size());
  for (const auto& item : known.items()) {
    const std::size_t here = distance(name, item.key());
    if (here < min) min = here, nearest = item.key();
  }
  return (nearest.empty() ? "; " : "; did you mean \"" + nearest + "\"? ") +
         std::string("`saccade train --settings` lists all settings");
}

/// The line of a key in JSON text, from 1.
std::size_t line_of(const std::string& text, const std::string& key) {
  const std::string quoted = nlohmann::json(key).dump();
  std::size_t at = 0;
  for (at = text.find(quoted); at != text.npos; at = text.find(quoted, at + 1)) {
    const std::size_t next = text.find_first_not_of(" \t\r\n", at + quoted.size());
    if (next != text.npos && text[next] == ':') break;
  }
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

/// A settings file: its text and the parsed settings.
struct SettingsFile {
  std::string path, text;
  nlohmann::json settings = nlohmann::json::object();
};

SettingsFile read_settings(const std::string& path) {
  SettingsFile file{path, read_utf8_file(path)};
  std::set<std::string> keys;
  const auto refuse_twice = [&](int depth, nlohmann::json::parse_event_t event,
                                const nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1 &&
        !keys.insert(parsed.get<std::string>()).second) {
      throw std::runtime_error(path + ": duplicate setting " + parsed.dump() + "; keep one");
    }
    return true;
  };
  file.settings = parse_json(path, file.text, refuse_twice, /*comments=*/true);
  if (!file.settings.is_object()) {
    throw std::runtime_error(path + ": expected a JSON object of settings");
  }
  return file;
}

/// Parses NAME=VALUE. A value that is not valid JSON is a string.
std::pair<std::string, nlohmann::json> read_setting(const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos) {
    throw UsageError("--set " + setting + ": expected NAME=VALUE, e.g. --set epochs=20");
  }
  const std::string value = setting.substr(equals + 1);
  const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, false);
  return {setting.substr(0, equals), parsed.is_discarded() ? nlohmann::json(value) : parsed};
}

/// The error that one setting causes by itself; "" if it is valid.
std::string complaint(const std::string& name, const nlohmann::json& value) {
  try {
    training_config_from_json({{name, value}});
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

void add_training_settings(Arguments& arguments) {
  auto add = arguments.add();
  add("config", "JSON file of training settings; // comments are allowed",
      cxxopts::value<std::string>(), "FILE");
  add("set", "set one training setting, overriding --config; repeatable",
      cxxopts::value<std::vector<std::string>>(), "NAME=VALUE");
  add("settings", "print every setting with its value and meaning, and exit");
}

TrainingConfig training_settings(const Arguments& arguments) {
  SettingsFile file;
  if (arguments.has("config")) file = read_settings(arguments.get<std::string>("config"));
  nlohmann::json settings = file.settings;
  std::vector<std::string> set;
  if (arguments.has("set")) set = arguments.get<std::vector<std::string>>("set");
  for (const std::string& setting : set) {
    const auto [name, value] = read_setting(setting);
    settings[name] = value;
  }
  try {
    return training_config_from_json(settings);
  } catch (const std::runtime_error& error) {
    const std::string message = error.what();
    for (const std::string& setting : set) {
      const auto [name, value] = read_setting(setting);
      if (settings.at(name) != value || complaint(name, value) != message) continue;
      throw UsageError("--set " + setting + ": " + message + advice(name));
    }
    for (const auto& item : file.settings.items()) {
      if (settings.at(item.key()) != item.value()) continue;  // overridden by --set
      if (complaint(item.key(), item.value()) != message) continue;
      refuse_line(file.path, line_of(file.text, item.key()), message + advice(item.key()));
    }
    throw std::runtime_error((file.path.empty() ? "--set" : file.path) + ": " + message);
  }
}

int print_training_settings(const Arguments& arguments) {
  const std::vector<TrainingSetting> settings = training_setting_list(training_settings(arguments));
  std::size_t name_width = 0, value_width = 0;
  for (const TrainingSetting& setting : settings) {
    name_width = std::max(name_width, setting.name.size());
    value_width = std::max(value_width, setting.value.dump().size());
  }
  for (const TrainingSetting& setting : settings) {
    const std::string value = setting.value.dump();
    std::cout << setting.name << std::string(name_width + 2 - setting.name.size(), ' ') << value
              << std::string(value_width + 2 - value.size(), ' ') << setting.meaning << " ("
              << setting.allowed << ")\n";
  }
  return 0;
}

}  // namespace saccade::app
