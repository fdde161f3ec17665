#include "saccade/training/training_config.h"

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

/// Visits every field once, with its name and range or names. Shared by reading and writing.
template <typename Config, typename Visitor>
void visit(Config& c, Visitor&& field) {
  field("objective", c.objective, Names{"cross_entropy", "self_critical"});
  field("epochs", c.epochs, 1, 100000);
  field("batch_images", c.batch_images, 1, 100000);
  field("accumulate", c.accumulate, 1, 100000);
  field("captions_per_image", c.captions_per_image, 1, 1000);
  field("min_count", c.min_count, 1, 1000000);
  field("max_words", c.max_words, 1, 1000);
  field("optimizer", c.optimizer, Names{"adamw", "adam", "rmsprop", "sgd"});
  field("learning_rate", c.learning_rate, 0, 10);
  field("schedule", c.schedule, Names{"cosine", "constant", "step", "plateau"});
  field("schedule_factor", c.schedule_factor, 0, 1);
  field("schedule_epochs", c.schedule_epochs, 1, 100000);
  field("warmup_steps", c.warmup_steps, 0, 100000000);
  field("weight_decay", c.weight_decay, 0, 10);
  field("clip_norm", c.clip_norm, 0, 1e9);
  field("encoder_from", c.encoder_from, 0, 1000000);
  field("encoder_learning_rate", c.encoder_learning_rate, 0, 10);
  field("encoder_frozen_through", c.encoder_frozen_through, Names{});
  field("encoder_batch_norm", c.encoder_batch_norm, Names{"fixed", "learned"});
  field("dropout", c.dropout, 0, 0.99);
  field("attention_dropout", c.attention_dropout, 0, 0.99);
  field("label_smoothing", c.label_smoothing, 0, 0.99);
  field("scheduled_sampling", c.scheduled_sampling, 0, 1);
  field("ema", c.ema, 0, 0.999999);
  field("bf16", c.bf16, 0, 1);
  field("metric", c.metric, Names{"bleu_4", "cider"});
  field("early_stop", c.early_stop, 0, 100000);
  field("seed", c.seed, 0, 1.8e19);
  field("coverage_weight", c.coverage.weight, 0, 1e6);
  field("coverage_target", c.coverage.target, Names{"one", "share"});
  field("attention_supervision_weight", c.attention_supervision.weight, 0, 1e6);
  field("attention_supervision_other_words", c.attention_supervision.other_words, 0, 1);
  field("augment_crop_area", c.augment.crop_area, 0.05, 1);
  field("augment_color", c.augment.color, 0, 0.9);
  field("augment_flip", c.augment.flip, 0, 1);
  field("hard_samples", c.hard.samples, 1, 1000);
  field("hard_reward_weight", c.hard.reward_weight, 0, 1e6);
  field("hard_entropy_weight", c.hard.entropy_weight, 0, 1e6);
  field("hard_expected_share", c.hard.expected_share, 0, 1);
  field("self_critical_candidates", c.self_critical.candidates, 1, 1000);
  field("self_critical_search", c.self_critical.search, Names{"sample", "beam"});
  field("self_critical_baseline", c.self_critical.baseline, Names{"leave_one_out", "greedy"});
  field("self_critical_cider", c.self_critical.cider, 0, 1e6);
  field("self_critical_bleu_4", c.self_critical.bleu_4, 0, 1e6);
  field("self_critical_dropout", c.self_critical.dropout, 0, 0.99);
}

struct Reader {
  const Json& json;
  std::size_t known = 0;

  template <typename T>
  void operator()(const char* key, T& value, double low, double high) {
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
  void operator()(const char* key, std::string& value, Names names) {
    const auto found = json.find(key);
    if (found == json.end()) return;
    ++known;
    if (!found->is_string()) refuse(key, "a string", *found);
    value = found->get<std::string>();
    if (names.size() == 0) return;
    std::string expected;
    for (const char* name : names) {
      if (value == name) return;
      expected += (expected.empty() ? "" : ", ") + std::string(name);
    }
    refuse(key, "one of " + expected, *found);
  }
};

struct Writer {
  Json json = Json::object();
  template <typename T, typename... Rest>
  void operator()(const char* key, const T& value, const Rest&...) {
    json[key] = value;
  }
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

}  // namespace saccade
