#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "saccade/image/prepare.h"

namespace saccade {

/// Which convolutional network, and where its annotations are read.
struct EncoderConfig {
  /// mobilenet_v2, efficientnet_lite0, vgg16, vgg16_bn, vgg19, vgg19_bn, resnet18, resnet34,
  /// resnet50, resnet101.
  std::string architecture = "mobilenet_v2";
  /// The layer whose output is the grid, by its module path ("features.18", "layer4", "blocks.15";
  /// torchvision's but for EfficientNet-Lite0), for VGG also "conv5_4". Empty: the architecture's
  /// default (VGG: the last convolution before the last pooling, as in the paper; the others: the
  /// last convolutional stage).
  std::string layer;
  /// The last stage keeps its resolution and dilates its kernels instead of striding: 14×14 cells
  /// in place of 7×7 at 224 pixels. Not for VGG.
  bool dilated = false;
  /// Batch norms are folded into their convolutions: the weights have biases and no statistics.
  bool folded = true;
  /// relu or relu6 (torchvision's MobileNetV2 and EfficientNet-Lite0 have relu6).
  std::string activation = "relu";
};

/// The normalization that an architecture's ImageNet weights expect: (255 x − 127) / 128 for
/// EfficientNet-Lite0, torchvision's mean and std for the others. Size and fit are the defaults.
InputConfig imagenet_input(const std::string& architecture);

enum class Score { additive, dot, general };
enum class Gate { scalar, per_feature, none };
enum class Context { attention, mean, once };
enum class AttentionKind { soft, hard };

const char* to_string(Score score);
const char* to_string(Gate gate);
const char* to_string(Context context);
const char* to_string(AttentionKind kind);
/// @throws std::invalid_argument for a name that to_string does not give.
Score score_from_string(const std::string& name);
Gate gate_from_string(const std::string& name);
Context context_from_string(const std::string& name);
AttentionKind attention_kind_from_string(const std::string& name);

/// The decoder's variant and sizes. See decoder.h for the equations.
struct DecoderConfig {
  std::int64_t vocabulary = 0;    ///< V, specials included
  std::int64_t features = 1280;   ///< D of the encoder
  std::int64_t projection = 512;  ///< a ReLU projection of the annotations to this D; 0: none
  std::int64_t embedding = 512;   ///< E
  std::int64_t hidden = 512;      ///< H
  std::int64_t attention = 256;   ///< A, of the additive score
  Score score = Score::additive;
  Gate gate = Gate::scalar;
  Context context = Context::attention;
  AttentionKind kind = AttentionKind::soft;
  bool tied = true;          ///< L_o is the transposed embedding
  bool output_tanh = false;  ///< tanh around the sum of the deep output, as in the original code

  /// D as attention sees it.
  std::int64_t annotation_size() const { return projection > 0 ? projection : features; }
};

/// Everything that defines a model but its weights and words.
struct ModelConfig {
  InputConfig input;
  EncoderConfig encoder;
  DecoderConfig decoder;
  std::string tokenizer = "ptb";
};

/// The section "encoder" of config.json.
/// @throws std::runtime_error
nlohmann::json to_json(const EncoderConfig& config);
EncoderConfig encoder_config_from_json(const nlohmann::json& json);
nlohmann::json to_json(const DecoderConfig& decoder);
DecoderConfig decoder_config_from_json(const nlohmann::json& json);

/// {"input": …, "encoder": …, "decoder": …, "tokenizer": "ptb"}: the model's part of config.json.
/// Strict in both directions: an unknown key, a missing key or a value out of range is refused by
/// name.
/// @throws std::runtime_error
nlohmann::json to_json(const ModelConfig& config);
ModelConfig model_config_from_json(const nlohmann::json& json);

}  // namespace saccade
