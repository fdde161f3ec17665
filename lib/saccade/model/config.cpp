#include "saccade/model/config.h"

#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>

#include "saccade/io/enum_names.h"
#include "saccade/io/json.h"

namespace saccade {
namespace {

// Larger sizes are mistakes. Without these limits they would fail later, when memory is allocated.
constexpr std::int64_t kLargestVocabulary = 1'000'000;
constexpr std::int64_t kLargestLayer = 1 << 14;

constexpr EnumName<Score> kScores[] = {
    {Score::additive, "additive"}, {Score::dot, "dot"}, {Score::general, "general"}};
constexpr EnumName<Gate> kGates[] = {
    {Gate::scalar, "scalar"}, {Gate::per_feature, "per_feature"}, {Gate::none, "none"}};
constexpr EnumName<Context> kContexts[] = {
    {Context::attention, "attention"}, {Context::mean, "mean"}, {Context::once, "once"}};
constexpr EnumName<AttentionKind> kKinds[] = {{AttentionKind::soft, "soft"},
                                              {AttentionKind::hard, "hard"}};

/// The shortest decimal that rounds to this float, so that files contain 0.485.
double shortest(float value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  double number = 0;
  std::from_chars(text, written.ptr, number);
  return number;
}

nlohmann::json color_to_json(const std::array<float, 3>& values) {
  return {shortest(values[0]), shortest(values[1]), shortest(values[2])};
}

std::array<float, 3> read_color(JsonFields& fields, const char* key, double low) {
  std::array<float, 3> values{};
  const auto numbers = fields.numbers(key, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Compared as double: as float, a value just outside the limits could round to them.
    if (numbers[i] < low || numbers[i] > 1) {
      fields.refuse(key, low > 0 ? "numbers above 0 and at most 1" : "numbers in 0…1");
    }
    values[i] = static_cast<float>(numbers[i]);
  }
  return values;
}

/// Reads an enum by its from_string function and adds the key to the error message.
template <typename Enum>
Enum read_name(JsonFields& fields, const char* key, Enum (*from_string)(const std::string&)) {
  try {
    return from_string(fields.text(key));
  } catch (const std::invalid_argument& error) {
    fields.refuse(key, std::string("a known name (") + error.what() + ")");
  }
}

nlohmann::json input_to_json(const InputConfig& input) {
  return {{"size", input.size},
          {"fit", to_string(input.fit)},
          {"mean", color_to_json(input.mean)},
          {"std", color_to_json(input.std)}};
}

InputConfig read_input(JsonFields fields) {
  InputConfig input;
  input.size = static_cast<int>(fields.integer("size", 1, kLargestInput));
  input.fit = read_name(fields, "fit", &fit_from_string);
  input.mean = read_color(fields, "mean", 0);
  input.std = read_color(fields, "std", std::numeric_limits<float>::min());
  fields.finish();
  return input;
}

EncoderConfig read_encoder(JsonFields fields) {
  EncoderConfig encoder;
  // The constructor of Encoder checks the names of architecture and layer.
  encoder.architecture = fields.text("architecture");
  encoder.layer = fields.text("layer");
  encoder.dilated = fields.boolean("dilated");
  encoder.folded = fields.boolean("folded");
  encoder.activation = fields.text("activation");
  if (encoder.activation != "relu" && encoder.activation != "relu6") {
    fields.refuse("activation", "relu or relu6");
  }
  fields.finish();
  return encoder;
}

DecoderConfig read_decoder(JsonFields fields) {
  DecoderConfig decoder;
  decoder.vocabulary = fields.integer("vocabulary", 4, kLargestVocabulary);
  decoder.features = fields.integer("features", 1, kLargestLayer);
  decoder.projection = fields.integer("projection", 0, kLargestLayer);
  decoder.embedding = fields.integer("embedding", 1, kLargestLayer);
  decoder.hidden = fields.integer("hidden", 1, kLargestLayer);
  decoder.attention = fields.integer("attention", 1, kLargestLayer);
  decoder.score = read_name(fields, "score", &score_from_string);
  decoder.gate = read_name(fields, "gate", &gate_from_string);
  decoder.context = read_name(fields, "context", &context_from_string);
  decoder.kind = read_name(fields, "kind", &attention_kind_from_string);
  decoder.tied = fields.boolean("tied");
  decoder.output_tanh = fields.boolean("output_tanh");
  fields.finish();
  return decoder;
}

}  // namespace

InputConfig imagenet_input(const std::string& architecture) {
  InputConfig input;
  if (architecture == "efficientnet_lite0") {
    input.mean.fill(127.0f / 255);
    input.std.fill(128.0f / 255);
  }
  return input;
}

const char* to_string(Score score) { return name_of(kScores, score); }
const char* to_string(Gate gate) { return name_of(kGates, gate); }
const char* to_string(Context context) { return name_of(kContexts, context); }
const char* to_string(AttentionKind kind) { return name_of(kKinds, kind); }

Score score_from_string(const std::string& name) { return value_of(kScores, name, "score"); }
Gate gate_from_string(const std::string& name) { return value_of(kGates, name, "gate"); }
Context context_from_string(const std::string& name) {
  return value_of(kContexts, name, "context");
}
AttentionKind attention_kind_from_string(const std::string& name) {
  return value_of(kKinds, name, "attention");
}

nlohmann::json to_json(const EncoderConfig& encoder) {
  return {{"architecture", encoder.architecture},
          {"layer", encoder.layer},
          {"dilated", encoder.dilated},
          {"folded", encoder.folded},
          {"activation", encoder.activation}};
}

EncoderConfig encoder_config_from_json(const nlohmann::json& json) {
  return read_encoder(JsonFields(json, "encoder"));
}

nlohmann::json to_json(const DecoderConfig& decoder) {
  return {{"vocabulary", decoder.vocabulary},
          {"features", decoder.features},
          {"projection", decoder.projection},
          {"embedding", decoder.embedding},
          {"hidden", decoder.hidden},
          {"attention", decoder.attention},
          {"score", to_string(decoder.score)},
          {"gate", to_string(decoder.gate)},
          {"context", to_string(decoder.context)},
          {"kind", to_string(decoder.kind)},
          {"tied", decoder.tied},
          {"output_tanh", decoder.output_tanh}};
}

DecoderConfig decoder_config_from_json(const nlohmann::json& json) {
  return read_decoder(JsonFields(json, "decoder"));
}

nlohmann::json to_json(const ModelConfig& config) {
  nlohmann::json json = {{"input", input_to_json(config.input)},
                         {"encoder", to_json(config.encoder)},
                         {"decoder", to_json(config.decoder)},
                         {"tokenizer", config.tokenizer}};
  // Refuse to write a config that could not be read back.
  model_config_from_json(json);
  return json;
}

ModelConfig model_config_from_json(const nlohmann::json& json) {
  JsonFields fields(json, "");
  ModelConfig config;
  config.input = read_input(fields.object("input"));
  config.encoder = read_encoder(fields.object("encoder"));
  config.decoder = read_decoder(fields.object("decoder"));
  config.tokenizer = fields.text("tokenizer");
  if (config.tokenizer != "ptb") fields.refuse("tokenizer", "\"ptb\", the only tokenizer");
  fields.finish();
  return config;
}

}  // namespace saccade
