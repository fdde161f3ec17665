#include "training_settings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "saccade/text/file_text.h"

#include "command.h"

namespace saccade::app {
namespace {

using Json = nlohmann::json;

/// What each setting means, in a few words; TrainingConfig says more.
const std::map<std::string, std::string>& meanings() {
  static const std::map<std::string, std::string> kMeanings{
      {"augment_color", "brightness, contrast and saturation vary by a factor 1 ± this"},
      {"augment_crop_area", "smallest share of a photograph that a random crop keeps; 1: no crop"},
      {"augment_flip", "mirror half the photographs, unless a caption says left or right"},
      {"batch_images", "photographs per step"},
      {"bf16", "matrix products in bfloat16 where the processor has them"},
      {"captions_per_image", "captions of each photograph per step"},
      {"clip_norm", "of all gradients together; 0: no clipping"},
      {"coverage_target",
       "\"share\": each cell gets T/L of the attention; \"one\": as in the paper"},
      {"coverage_weight", "λ of the doubly stochastic term"},
      {"dropout", "share of the activations left out in training"},
      {"ema", "decay of the averaged weights that are validated and kept; 0: none"},
      {"encoder_from", "the epoch, from 0, from which the encoder learns; ≥ epochs: never"},
      {"encoder_frozen_through", "the encoder's layers up to this one never learn; \"\": all do"},
      {"encoder_learning_rate", "of the encoder, at its peak"},
      {"epochs", "times that every photograph is seen"},
      {"label_smoothing", "share of each target spread over all words"},
      {"learning_rate", "of the decoder, at its peak"},
      {"max_words", "longer captions are cut for training"},
      {"min_count", "words rarer than this in the training captions become <unk>"},
      {"seed", "of everything that is random"},
      {"warmup_steps", "steps in which the learning rate rises to its peak"},
      {"weight_decay", "of the optimizer"}};
  return kMeanings;
}

/// Characters to change, add or take away to make one name of the other.
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

/// For an unknown name, the setting that may have been meant, and where all are listed.
std::string advice(const std::string& name) {
  const Json known = to_json(TrainingConfig{});
  if (known.contains(name)) return "";
  constexpr std::size_t kNear = 3;
  std::string nearest;
  std::size_t least = std::min(kNear, name.size());
  for (const auto& item : known.items()) {
    const std::size_t here = distance(name, item.key());
    if (here < least) least = here, nearest = item.key();
  }
  return (nearest.empty() ? "" : ", perhaps \"" + nearest + "\" is meant") +
         std::string("; `saccade train --settings` lists them");
}

/// The line on which a key stands, from 1.
std::size_t line_of(const std::string& text, const std::string& key) {
  const std::string quoted = Json(key).dump();
  std::size_t at = 0;
  for (at = text.find(quoted); at != text.npos; at = text.find(quoted, at + 1)) {
    const std::size_t next = text.find_first_not_of(" \t\r\n", at + quoted.size());
    if (next != text.npos && text[next] == ':') break;
  }
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

TrainingConfig read_settings(const std::string& path, TrainingConfig config) {
  const std::string text = read_utf8_file(path);
  std::set<std::string> keys;
  const auto refuse_twice = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 &&
        !keys.insert(parsed.get<std::string>()).second) {
      throw std::runtime_error(path + ": the setting " + parsed.dump() +
                               " stands there twice; keep one");
    }
    return true;
  };
  const Json settings = parse_json(path, text, refuse_twice, /*comments=*/true);
  if (!settings.is_object())
    throw std::runtime_error(path + ": expected a JSON object of settings");
  for (const auto& item : settings.items()) {
    try {
      config = training_config_from_json({{item.key(), item.value()}}, config);
    } catch (const std::runtime_error& error) {
      refuse_line(path, line_of(text, item.key()), error.what() + advice(item.key()));
    }
  }
  return config;
}

/// NAME=VALUE: the value is JSON where it can be read as JSON, else a string.
TrainingConfig set(const std::string& setting, const TrainingConfig& config) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos) {
    throw UsageError("--set " + setting + ": expected NAME=VALUE, e.g. --set epochs=20");
  }
  const std::string name = setting.substr(0, equals), value = setting.substr(equals + 1);
  const Json parsed = Json::parse(value, nullptr, false);
  try {
    return training_config_from_json({{name, parsed.is_discarded() ? Json(value) : parsed}},
                                     config);
  } catch (const std::runtime_error& error) {
    throw UsageError("--set " + setting + ": " + error.what() + advice(name));
  }
}

}  // namespace

void add_training_settings(Arguments& arguments) {
  arguments.add()("config", "a JSON file of training settings; // comments are passed over",
                  cxxopts::value<std::string>())(
      "set", "NAME=VALUE, any one setting, over those of --config; may be repeated",
      cxxopts::value<std::vector<std::string>>())(
      "settings", "print every setting with its value and meaning, and end");
}

TrainingConfig training_settings(const Arguments& arguments) {
  TrainingConfig config;
  if (arguments.has("config")) {
    config = read_settings(arguments.get<std::string>("config"), std::move(config));
  }
  if (arguments.has("set")) {
    for (const std::string& setting : arguments.get<std::vector<std::string>>("set")) {
      config = set(setting, config);
    }
  }
  return config;
}

std::string describe_settings(const TrainingConfig& config) {
  const Json values = to_json(config);
  std::size_t name_width = 0, value_width = 0;
  for (const auto& item : values.items()) {
    name_width = std::max(name_width, item.key().size());
    value_width = std::max(value_width, item.value().dump().size());
  }
  std::ostringstream out;
  for (const auto& item : values.items()) {
    const std::string value = item.value().dump();
    const auto meaning = meanings().find(item.key());
    out << item.key() << std::string(name_width + 2 - item.key().size(), ' ') << value
        << std::string(value_width + 2 - value.size(), ' ')
        << (meaning == meanings().end() ? "" : meaning->second) << '\n';
  }
  return out.str();
}

}  // namespace saccade::app
