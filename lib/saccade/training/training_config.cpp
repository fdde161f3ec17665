#include "saccade/training/training_config.h"

#include <stdexcept>

namespace saccade {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& key, const std::string& expected, const Json& value) {
  throw std::runtime_error("training config: " + key + " is " + value.dump() + ", expected " +
                           expected);
}

/// Visits every field once, by name: what reading and writing share.
template <typename Config, typename Visitor>
void visit(Config& c, Visitor&& field) {
  field("epochs", c.epochs, 1, 100000);
  field("batch_images", c.batch_images, 1, 100000);
  field("captions_per_image", c.captions_per_image, 1, 1000);
  field("min_count", c.min_count, 1, 1000000);
  field("max_words", c.max_words, 1, 1000);
  field("learning_rate", c.learning_rate, 0, 10);
  field("encoder_from", c.encoder_from, 0, 1000000);
  field("encoder_learning_rate", c.encoder_learning_rate, 0, 10);
  field("warmup_steps", c.warmup_steps, 0, 100000000);
  field("weight_decay", c.weight_decay, 0, 10);
  field("clip_norm", c.clip_norm, 0, 1e9);
  field("dropout", c.dropout, 0, 0.99);
  field("label_smoothing", c.label_smoothing, 0, 0.99);
  field("ema", c.ema, 0, 0.999999);
  field("bf16", c.bf16, 0, 1);
  field("seed", c.seed, 0, 1.8e19);
  field("coverage_weight", c.coverage.weight, 0, 1e6);
  field("augment_crop_area", c.augment.crop_area, 0.05, 1);
  field("augment_color", c.augment.color, 0, 0.9);
  field("augment_flip", c.augment.flip, 0, 1);
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
};

}  // namespace

TrainingConfig training_config_from_json(const Json& json, TrainingConfig config) {
  if (!json.is_object()) throw std::runtime_error("training config: expected a JSON object");
  Reader reader{json};
  visit(config, reader);
  if (const auto target = json.find("coverage_target"); target != json.end()) {
    ++reader.known;
    if (*target != "one" && *target != "share") {
      refuse("coverage_target", "\"one\" or \"share\"", *target);
    }
    config.coverage.target = target->get<std::string>();
  }
  if (const auto layer = json.find("encoder_frozen_through"); layer != json.end()) {
    ++reader.known;
    if (!layer->is_string()) refuse("encoder_frozen_through", "the name of a layer", *layer);
    config.encoder_frozen_through = layer->get<std::string>();
  }
  if (reader.known != json.size()) {
    const Json allowed = to_json(config);
    for (const auto& item : json.items()) {
      if (!allowed.contains(item.key())) {
        throw std::runtime_error("training config: unknown key \"" + item.key() + "\"");
      }
    }
  }
  return config;
}

Json to_json(const TrainingConfig& config) {
  Json json = Json::object();
  visit(config, [&](const char* key, const auto& value, double, double) { json[key] = value; });
  json["coverage_target"] = config.coverage.target;
  json["encoder_frozen_through"] = config.encoder_frozen_through;
  return json;
}

}  // namespace saccade
