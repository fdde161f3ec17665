#include "training_settings.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include "saccade/io/json.h"
#include "saccade/io/text_file.h"

namespace saccade::app {
namespace {

/// A short description of each setting; see TrainingConfig for more.
const std::map<std::string, std::string>& meanings() {
  static const std::map<std::string, std::string> kMeanings{
      {"accumulate", "batches per optimizer step"},
      {"attention_dropout", "dropout rate of the attention weights"},
      {"attention_supervision_other_words",
       "weight of the words of a phrase before its last, whose weight is 1"},
      {"attention_supervision_weight",
       "λ of the loss term that supervises attention with --phrases"},
      {"augment_color", "brightness, contrast and saturation vary by a factor of 1 ± this"},
      {"augment_crop_area", "minimum area share of a random crop; 1: no crop"},
      {"augment_flip", "mirror half of the images, unless a caption says left or right"},
      {"batch_images", "images per batch"},
      {"bf16", "matrix products in bfloat16 if the CPU or GPU supports it"},
      {"captions_per_image", "maximum number of captions per image and batch"},
      {"clip_norm", "maximum norm of all gradients together; 0: no clipping"},
      {"coverage_target",
       "attention per cell and caption: \"share\" T/L, \"one\" 1 as in the paper"},
      {"coverage_weight", "λ of the doubly stochastic loss term"},
      {"dropout", "dropout rate of the activations"},
      {"early_stop", "stop after this many validations without improvement; 0: never"},
      {"ema", "decay of the averaged weights that are validated and saved; 0: none"},
      {"encoder_batch_norm", "batch norm statistics of the encoder: \"fixed\" or \"learned\""},
      {"encoder_from", "first epoch, from 0, that trains the encoder; ≥ epochs: never"},
      {"encoder_frozen_through", "encoder layers up to this one stay frozen; \"\": none"},
      {"encoder_learning_rate", "peak learning rate of the encoder"},
      {"epochs", "number of passes over the training images"},
      {"hard_entropy_weight", "hard attention: λ_e of the entropy of α"},
      {"hard_expected_share",
       "hard attention: probability per image of using the expected context"},
      {"hard_reward_weight", "hard attention: λ_r of REINFORCE"},
      {"hard_samples", "hard attention: N, cell samples per caption"},
      {"label_smoothing", "share of the target probability spread over all words"},
      {"learning_rate", "peak learning rate of the decoder"},
      {"max_words", "maximum words of a training caption; longer ones are truncated"},
      {"metric", "dev score that selects the best epoch: \"bleu_4\" or \"cider\""},
      {"min_count", "minimum count of a word in the training captions; rarer words become <unk>"},
      {"objective", "\"cross_entropy\", or \"self_critical\" for a trained model"},
      {"optimizer", "\"adamw\", \"adam\", \"rmsprop\" or \"sgd\""},
      {"schedule", "learning rate schedule: \"cosine\", \"constant\", \"step\" or \"plateau\""},
      {"schedule_epochs", "epochs per step, or validations per plateau, of the schedule"},
      {"schedule_factor", "learning rate factor of the step and plateau schedules"},
      {"scheduled_sampling", "final share of input words replaced by the model's own"},
      {"seed", "seed of all randomness"},
      {"self_critical_baseline", "reward baseline: \"leave_one_out\" or \"greedy\""},
      {"self_critical_bleu_4", "weight of BLEU-4 (0…1) in the reward"},
      {"self_critical_candidates", "captions decoded per image"},
      {"self_critical_cider", "weight of CIDEr-D (0…10) in the reward"},
      {"self_critical_dropout", "dropout rate in the training pass"},
      {"self_critical_search", "decoding of the candidates: \"sample\" or \"beam\""},
      {"warmup_steps", "steps until the learning rate reaches its peak"},
      {"weight_decay", "weight decay of the optimizer"}};
  return kMeanings;
}

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
  const nlohmann::json values = to_json(training_settings(arguments));
  std::size_t name_width = 0, value_width = 0;
  for (const auto& item : values.items()) {
    name_width = std::max(name_width, item.key().size());
    value_width = std::max(value_width, item.value().dump().size());
  }
  for (const auto& item : values.items()) {
    const std::string value = item.value().dump();
    const auto meaning = meanings().find(item.key());
    std::cout << item.key() << std::string(name_width + 2 - item.key().size(), ' ') << value
              << std::string(value_width + 2 - value.size(), ' ')
              << (meaning == meanings().end() ? "" : meaning->second) << '\n';
  }
  return 0;
}

}  // namespace saccade::app
