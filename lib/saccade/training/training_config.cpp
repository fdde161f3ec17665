#include "saccade/training/training_config.h"

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>

namespace saccade {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& key, const std::string& expected, const Json& value) {
  throw std::runtime_error("training config: " + key + " is " + value.dump() + ", expected " +
                           expected);
}

using Names = std::initializer_list<const char*>;

std::string joined(Names names) {
  std::string list;
  for (const char* name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

/// The table of all settings: name, meaning, range or names. Reading, writing and listing visit it.
template <typename Config, typename Visitor>
void visit(Config& c, Visitor&& field) {
  field("objective", c.objective, "\"cross_entropy\", or \"self_critical\" for a trained model",
        Names{"cross_entropy", "self_critical"});
  field("epochs", c.epochs, "number of passes over the training images", 1, 100000);
  field("batch_images", c.batch_images, "images per batch", 1, 100000);
  field("accumulate", c.accumulate, "batches per optimizer step", 1, 100000);
  field("captions_per_image", c.captions_per_image,
        "maximum number of captions per image and batch", 1, 1000);
  field("min_count", c.min_count,
        "minimum count of a word in the training captions; rarer words become <unk>", 1, 1000000);
  field("max_words", c.max_words, "maximum words of a training caption; longer ones are truncated",
        1, 1000);
  field("optimizer", c.optimizer, "\"adamw\", \"adam\", \"rmsprop\" or \"sgd\"",
        Names{"adamw", "adam", "rmsprop", "sgd"});
  field("learning_rate", c.learning_rate, "peak learning rate of the decoder", 0, 10);
  field("schedule", c.schedule,
        "learning rate schedule: \"cosine\", \"constant\", \"step\" or \"plateau\"",
        Names{"cosine", "constant", "step", "plateau"});
  field("schedule_factor", c.schedule_factor,
        "learning rate factor of the step and plateau schedules", 0, 1);
  field("schedule_epochs", c.schedule_epochs,
        "epochs per step, or validations per plateau, of the schedule", 1, 100000);
  field("warmup_steps", c.warmup_steps, "steps until the learning rate reaches its peak", 0,
        100000000);
  field("weight_decay", c.weight_decay, "weight decay of the optimizer", 0, 10);
  field("clip_norm", c.clip_norm, "maximum norm of all gradients together; 0: no clipping", 0, 1e9);
  field("encoder_from", c.encoder_from,
        "first epoch, from 0, that trains the encoder; ≥ epochs: never", 0, 1000000);
  field("encoder_learning_rate", c.encoder_learning_rate, "peak learning rate of the encoder", 0,
        10);
  field("encoder_frozen_through", c.encoder_frozen_through,
        "encoder layers up to this one stay frozen; \"\": none", Names{});
  field("encoder_batch_norm", c.encoder_batch_norm,
        "batch norm statistics of the encoder: \"fixed\" or \"learned\"",
        Names{"fixed", "learned"});
  field("dropout", c.dropout, "dropout rate of the activations", 0, 0.99);
  field("attention_dropout", c.attention_dropout, "dropout rate of the attention weights", 0, 0.99);
  field("label_smoothing", c.label_smoothing,
        "share of the target probability spread over all words", 0, 0.99);
  field("scheduled_sampling", c.scheduled_sampling,
        "final share of input words replaced by the model's own", 0, 1);
  field("ema", c.ema, "decay of the averaged weights that are validated and saved; 0: none", 0,
        0.999999);
  field("bf16", c.bf16, "matrix products in bfloat16 if the CPU or GPU supports it", 0, 1);
  field("metric", c.metric, "dev score that selects the best epoch: \"bleu_4\" or \"cider\"",
        Names{"bleu_4", "cider"});
  field("early_stop", c.early_stop,
        "stop after this many validations without improvement; 0: never", 0, 100000);
  field("seed", c.seed, "seed of all randomness", 0, 1.8e19);
  field("coverage_weight", c.coverage.weight, "λ of the doubly stochastic loss term", 0, 1e6);
  field("coverage_target", c.coverage.target,
        "attention per cell and caption: \"share\" T/L, \"one\" 1 as in the paper",
        Names{"one", "share"});
  field("attention_supervision_weight", c.attention_supervision.weight,
        "λ of the loss term that supervises attention with --phrases", 0, 1e6);
  field("attention_supervision_other_words", c.attention_supervision.other_words,
        "weight of the words of a phrase before its last, whose weight is 1", 0, 1);
  field("label_phrases", c.labels.phrases,
        "images with labels teach noun phrases such as \"two cars and a person\"", 0, 1);
  field("label_presence_weight", c.labels.presence_weight,
        "λ of the loss term that raises the probability of labels in the model's own captions", 0,
        1e6);
  field("augment_crop_area", c.augment.crop_area, "minimum area share of a random crop; 1: no crop",
        0.05, 1);
  field("augment_color", c.augment.color,
        "brightness, contrast and saturation vary by a factor of 1 ± this", 0, 0.9);
  field("augment_flip", c.augment.flip,
        "mirror half of the images, unless a caption says left or right", 0, 1);
  field("hard_samples", c.hard.samples, "hard attention: N, cell samples per caption", 1, 1000);
  field("hard_reward_weight", c.hard.reward_weight, "hard attention: λ_r of REINFORCE", 0, 1e6);
  field("hard_entropy_weight", c.hard.entropy_weight, "hard attention: λ_e of the entropy of α", 0,
        1e6);
  field("hard_expected_share", c.hard.expected_share,
        "hard attention: probability per image of using the expected context", 0, 1);
  field("self_critical_candidates", c.self_critical.candidates, "captions decoded per image", 1,
        1000);
  field("self_critical_search", c.self_critical.search,
        "decoding of the candidates: \"sample\" or \"beam\"", Names{"sample", "beam"});
  field("self_critical_baseline", c.self_critical.baseline,
        "reward baseline: \"leave_one_out\" or \"greedy\"", Names{"leave_one_out", "greedy"});
  field("self_critical_cider", c.self_critical.cider, "weight of CIDEr-D (0…10) in the reward", 0,
        1e6);
  field("self_critical_bleu_4", c.self_critical.bleu_4, "weight of BLEU-4 (0…1) in the reward", 0,
        1e6);
  field("self_critical_dropout", c.self_critical.dropout, "dropout rate in the training pass", 0,
        0.99);
}

struct Reader {
  const Json& json;
  std::size_t known = 0;

  template <typename T>
  void operator()(const char* key, T& value, const char* /*meaning*/, double low, double high) {
    const auto found = json.find(key);
    if (found == json.end()) return;
    ++known;
    if constexpr (std::is_same_v<T, bool>) {
      if (!found->is_boolean()) refuse(key, "true or false", *found);
    } else if constexpr (std::is_integral_v<T>) {
      if (!found->is_number_integer()) refuse(key, "a whole number", *found);
    } else {
      if (!found->is_number()) refuse(key, "a number", *found);
    }
    value = found->template get<T>();
    const double number = static_cast<double>(value);
    if (!(number >= low && number <= high)) {
      refuse(key, "a value from " + Json(low).dump() + " to " + Json(high).dump(), *found);
    }
  }

  /// @param names  the allowed values; empty: any.
  void operator()(const char* key, std::string& value, const char* /*meaning*/, Names names) {
    const auto found = json.find(key);
    if (found == json.end()) return;
    ++known;
    if (!found->is_string()) refuse(key, "a string", *found);
    value = found->get<std::string>();
    if (names.size() == 0) return;
    for (const char* name : names) {
      if (value == name) return;
    }
    refuse(key, "one of " + joined(names), *found);
  }
};

struct Writer {
  Json json = Json::object();
  template <typename T, typename... Rest>
  void operator()(const char* key, const T& value, const Rest&...) {
    json[key] = value;
  }
};

struct Lister {
  std::vector<TrainingSetting> settings;
  template <typename T>
  void operator()(const char* name, const T& value, const char* meaning, double low, double high) {
    const bool flag = std::is_same_v<T, bool>;
    settings.push_back({name, meaning, flag ? "true or false" : range(low, high), value});
  }
  void operator()(const char* name, const std::string& value, const char* meaning, Names names) {
    settings.push_back({name, meaning, names.size() == 0 ? "a name" : joined(names), value});
  }
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
  }
  static std::string range(double low, double high) { return number(low) + "…" + number(high); }
};

void check_together(const TrainingConfig& config) {
  const SelfCriticalConfig& sc = config.self_critical;
  if (config.objective != "self_critical") return;
  if (sc.cider == 0 && sc.bleu_4 == 0) {
    throw std::runtime_error(
        "training config: self-critical training needs a reward; set self_critical_cider or "
        "self_critical_bleu_4 above 0");
  }
  if (sc.baseline == "leave_one_out" && sc.candidates < 2) {
    throw std::runtime_error(
        "training config: self_critical_baseline leave_one_out needs self_critical_candidates of "
        "at least 2");
  }
}

}  // namespace

TrainingConfig training_config_from_json(const Json& json, TrainingConfig config) {
  if (!json.is_object()) throw std::runtime_error("training config: expected a JSON object");
  Reader reader{json};
  visit(config, reader);
  if (reader.known != json.size()) {
    const Json allowed = to_json(config);
    for (const auto& item : json.items()) {
      if (!allowed.contains(item.key())) {
        throw std::runtime_error("training config: unknown key \"" + item.key() + "\"");
      }
    }
  }
  check_together(config);
  return config;
}

Json to_json(const TrainingConfig& config) {
  Writer writer;
  visit(config, writer);
  return writer.json;
}

std::vector<TrainingSetting> training_setting_list(const TrainingConfig& config) {
  Lister lister;
  visit(config, lister);
  std::sort(lister.settings.begin(), lister.settings.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return lister.settings;
}

}  // namespace saccade
