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

/// What each setting means, in a few words; TrainingConfig says more.
const std::map<std::string, std::string>& meanings() {
  static const std::map<std::string, std::string> kMeanings{
      {"accumulate", "batches whose gradients make one step"},
      {"attention_dropout", "share of the attention weights left out in training"},
      {"attention_supervision_other_words",
       "weight of a phrase's words but its last, whose weight is 1; 0: they stay free"},
      {"attention_supervision_weight",
       "λ of the term that draws attention to the boxes of --phrases"},
      {"augment_color", "brightness, contrast and saturation vary by a factor 1 ± this"},
      {"augment_crop_area", "smallest share of a photograph that a random crop keeps; 1: no crop"},
      {"augment_flip", "mirror half the photographs, unless a caption says left or right"},
      {"batch_images", "photographs per batch"},
      {"bf16", "matrix products in bfloat16 where the processor has them"},
      {"captions_per_image", "captions of each photograph per batch, at most"},
      {"clip_norm", "of all gradients together; 0: no clipping"},
      {"coverage_target",
       "\"share\": each cell gets T/L of the attention; \"one\": as in the paper"},
      {"coverage_weight", "λ of the doubly stochastic term"},
      {"dropout", "share of the activations left out in training"},
      {"early_stop", "validations without a better one that end the run; 0: none do"},
      {"ema", "decay of the averaged weights that are validated and kept; 0: none"},
      {"encoder_batch_norm",
       "where the encoder has batch norms: \"fixed\" or \"learned\" statistics"},
      {"encoder_from", "the epoch, from 0, from which the encoder learns; ≥ epochs: never"},
      {"encoder_frozen_through", "the encoder's layers up to this one never learn; \"\": all do"},
      {"encoder_learning_rate", "of the encoder, at its peak"},
      {"epochs", "times that every photograph is seen"},
      {"hard_entropy_weight", "hard attention: λ_e of the entropy of the cells"},
      {"hard_expected_share", "hard attention: probability per image of the expected context"},
      {"hard_reward_weight", "hard attention: λ_r of REINFORCE"},
      {"hard_samples", "hard attention: N, samples of the cells per caption"},
      {"label_smoothing", "share of each target spread over all words"},
      {"learning_rate", "of the decoder, at its peak"},
      {"max_words", "longer captions are cut for training"},
      {"metric", "\"bleu_4\" or \"cider\": what the best epoch is chosen by, on dev"},
      {"min_count", "words rarer than this in the training captions become <unk>"},
      {"objective", "\"cross_entropy\", or \"self_critical\" from a trained model"},
      {"optimizer", "\"adamw\", \"adam\", \"rmsprop\" or \"sgd\""},
      {"schedule", "of the learning rate: \"cosine\", \"constant\", \"step\" or \"plateau\""},
      {"schedule_epochs", "epochs of a step, or validations of a plateau"},
      {"schedule_factor", "of the schedules step and plateau"},
      {"scheduled_sampling", "share of given words that the model's own replace, at the end"},
      {"seed", "of everything that is random"},
      {"self_critical_baseline", "\"leave_one_out\" or \"greedy\""},
      {"self_critical_bleu_4", "weight of BLEU-4 (0…1) in the reward"},
      {"self_critical_candidates", "captions decoded per image"},
      {"self_critical_cider", "weight of CIDEr-D (0…10) in the reward"},
      {"self_critical_dropout", "in the pass that learns"},
      {"self_critical_search", "where the candidates come from: \"sample\" or \"beam\""},
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
  const nlohmann::json known = to_json(TrainingConfig{});
  if (known.contains(name)) return "";
  constexpr std::size_t kNear = 3;
  std::string nearest;
  std::size_t min = std::min(kNear, name.size());
  for (const auto& item : known.items()) {
    const std::size_t here = distance(name, item.key());
    if (here < min) min = here, nearest = item.key();
  }
  return (nearest.empty() ? "" : ", perhaps \"" + nearest + "\" is meant") +
         std::string("; `saccade train --settings` lists them");
}

/// The line on which a key stands, from 1.
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

/// A file of settings, as text and as what it says.
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
      throw std::runtime_error(path + ": the setting " + parsed.dump() +
                               " stands there twice; keep one");
    }
    return true;
  };
  file.settings = parse_json(path, file.text, refuse_twice, /*comments=*/true);
  if (!file.settings.is_object()) {
    throw std::runtime_error(path + ": expected a JSON object of settings");
  }
  return file;
}

/// NAME=VALUE: the value is JSON where it can be read as JSON, else a string.
std::pair<std::string, nlohmann::json> read_setting(const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos) {
    throw UsageError("--set " + setting + ": expected NAME=VALUE, e.g. --set epochs=20");
  }
  const std::string value = setting.substr(equals + 1);
  const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, false);
  return {setting.substr(0, equals), parsed.is_discarded() ? nlohmann::json(value) : parsed};
}

/// What the library says against one setting by itself; "" when nothing.
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
  arguments.add()("config", "a JSON file of training settings; // comments are passed over",
                  cxxopts::value<std::string>())(
      "set", "NAME=VALUE, any one setting, over those of --config; may be repeated",
      cxxopts::value<std::vector<std::string>>())(
      "settings", "print every setting with its value and meaning, and end");
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
      if (settings.at(item.key()) != item.value()) continue;  // a --set has replaced it
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
