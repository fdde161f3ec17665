#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/model/config.h"

namespace saccade {

/// Where a convolution pads its input with zeros.
enum class PaddingRule {
  centered,  ///< dilation · (kernel / 2) on every side: stride 1 keeps the size
  /// TensorFlow's "same", for strides 1 and 2: n cells become ⌈n / stride⌉. Stride 2 and an even n
  /// need an odd number of zeros; the extra row or column is at the bottom or right.
  same,
};

/// One square convolution with its batch norm and activation. The paths are those in the weights
/// file.
struct ConvolutionShape {
  std::string path;       ///< the module that holds the convolution's weight: "features.1.conv.0.0"
  std::string norm_path;  ///< the module of its batch norm; empty: none, so it always has a bias
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 3;  ///< odd
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool activated = true;
  bool biased = false;  ///< has a bias although a batch norm follows
  PaddingRule padding_rule = PaddingRule::centered;

  /// Zeros on every side, such that stride 1 keeps the size.
  std::int64_t padding() const { return dilation * (kernel / 2); }
  /// Whether, along an axis of n cells, output i is centred on input 2i + 1 instead of 2i, where
  /// padding() alone would centre it.
  bool shifts(std::int64_t n) const {
    return padding_rule == PaddingRule::same && stride == 2 && n % 2 == 0;
  }
};

struct Pooling {
  std::int64_t kernel = 2, stride = 2, padding = 0;
};

/// What a stage adds to the output of its convolutions: nothing, its input, or a projection of it.
enum class Shortcut { none, identity, projection };

/// A part of a network whose output can be chosen as the grid: either a max pooling, or
///   convolutions (+ shortcut) (→ activation).
struct BackboneStage {
  std::vector<std::string> names;  ///< the names under which a config can choose it
  std::int64_t channels = 0;       ///< of its output
  std::optional<Pooling> pooling;
  std::vector<ConvolutionShape> convolutions;
  Shortcut shortcut = Shortcut::none;
  std::optional<ConvolutionShape> projection;  ///< for Shortcut::projection
  bool activated = false;                      ///< after the shortcut
};

/// A whole network from the pixels on, without its classifier.
struct Backbone {
  std::vector<BackboneStage> stages;
  std::string default_layer;
};

// The architectures. `dilated` omits the last halving of the resolution and dilates every later
// kernel by two, so that every second cell of the finer grid equals a cell of the coarse grid: the
// even cells, or the odd ones for EfficientNet-Lite0 (whose padding is "same") where the side of
// the finer grid is even.
Backbone mobilenet_v2(bool dilated);
Backbone efficientnet_lite0(bool dilated);
Backbone vgg(int depth, bool batch_norm);
Backbone resnet(int depth, bool dilated);

/// The backbone of a config.
/// @throws std::invalid_argument for an unknown architecture, or `dilated` for VGG.
Backbone backbone_of(const EncoderConfig& config);

}  // namespace saccade
