#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "saccade/image/prepare.h"

namespace saccade {

/// The convolutional network, and the layer whose output is the annotation grid.
struct EncoderConfig {
  /// mobilenet_v2, efficientnet_lite0, vgg16, vgg16_bn, vgg19, vgg19_bn, resnet18, resnet34,
  /// resnet50, resnet101.
  std::string architecture = "mobilenet_v2";
  /// The module path of the layer ("features.18", "layer4", "blocks.15"): torchvision's, except for
  /// EfficientNet-Lite0. VGG also accepts names like "conv5_4". Empty: the architecture's default
  /// (VGG: the last convolution before the last pooling, as in the paper; the others: the last
  /// convolutional stage).
  std::string layer;
  /// The last stage dilates its kernels instead of striding, which keeps the resolution: 14×14
  /// cells instead of 7×7 at 224 pixels. Not for VGG.
  bool dilated = false;
  /// The batch norms are folded into their convolutions, which then have biases.
  bool folded = true;
  /// relu or relu6 (torchvision's MobileNetV2 and EfficientNet-Lite0 use relu6).
  std::string activation = "relu";
};

/// The normalization that an architecture's ImageNet weights expect, for values x in 0…1:
/// (255 x − 127) / 128 for EfficientNet-Lite0, torchvision's mean and std for the others. Size and
/// fit are the defaults.
InputConfig imagenet_input(const std::string& architecture);

/// The attention score, see attention.h: additive (Bahdanau et al. 2015), dot or general (Luong et
/// al. 2015).
enum class Score { additive, dot, general };
/// The gate β: one number per step (Xu et al. 2015, section 4.2.1), one per feature, or none.
enum class Gate { scalar, per_feature, none };
/// What the decoder sees of the image: a context by attention, the mean annotation at every step,
/// or the mean annotation once, in the initial state.
enum class Context { attention, mean, once };
/// Soft attention: Xu et al. 2015, section 4.2. Hard attention: section 4.1.
enum class AttentionKind { soft, hard };

const char* to_string(Score score);
const char* to_string(Gate gate);
const char* to_string(Context context);
const char* to_string(AttentionKind kind);
/// @throws std::invalid_argument for a name that to_string does not return.
Score score_from_string(const std::string& name);
Gate gate_from_string(const std::string& name);
Context context_from_string(const std::string& name);
AttentionKind attention_kind_from_string(const std::string& name);

/// The variant and sizes of the decoder. See decoder.h for the equations.
struct DecoderConfig {
  std::int64_t vocabulary = 0;    ///< V, including the special words
  std::int64_t features = 1280;   ///< D of the encoder
  std::int64_t projection = 512;  ///< D after a ReLU projection of the annotations; 0: none
  std::int64_t embedding = 512;   ///< E
  std::int64_t hidden = 512;      ///< H
  std::int64_t attention = 256;   ///< A, for the additive score
  Score score = Score::additive;
  Gate gate = Gate::scalar;
  Context context = Context::attention;
  AttentionKind kind = AttentionKind::soft;
  bool tied = true;          ///< L_o is the embedding matrix, transposed
  bool output_tanh = false;  ///< tanh around the sum of the deep output, as in the original code

  /// D after the projection.
  std::int64_t annotation_size() const { return projection > 0 ? projection : features; }
};

/// Everything that defines a model except its weights and vocabulary.
struct ModelConfig {
  InputConfig input;
  EncoderConfig encoder;
  DecoderConfig decoder;
  std::string tokenizer = "ptb";
};

/// The sections "encoder" and "decoder" of config.json. Reading is strict, as for ModelConfig; the
/// constructor of Encoder checks the names of architecture and layer.
/// @throws std::runtime_error naming the key.
nlohmann::json to_json(const EncoderConfig& config);
EncoderConfig encoder_config_from_json(const nlohmann::json& json);
nlohmann::json to_json(const DecoderConfig& decoder);
DecoderConfig decoder_config_from_json(const nlohmann::json& json);

/// The model's part of config.json: {"input": …, "encoder": …, "decoder": …, "tokenizer": "ptb"}.
/// Reading and writing refuse an unknown key, a missing key and a value out of range.
/// @throws std::runtime_error naming the key.
nlohmann::json to_json(const ModelConfig& config);
ModelConfig model_config_from_json(const nlohmann::json& json);

}  // namespace saccade
