#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/model/config.h"

namespace saccade {

/// Where a convolution pads its input with zeros.
enum class PaddingRule {
  centered,  ///< as much on every side, dilation · (kernel / 2): stride 1 keeps the size
  /// TensorFlow's "same", for strides 1 and 2: n cells become ⌈n / stride⌉, and where an axis needs
  /// an odd number of zeros, which is so for stride 2 and an even n, the extra row or column is at
  /// the bottom or right.
  same,
};

/// One square convolution and what belongs to it, named as its weights' file names it.
struct ConvolutionShape {
  std::string path;       ///< the module that holds the convolution's weight: "features.1.conv.0.0"
  std::string norm_path;  ///< its batch norm's module; empty: it has none and so always a bias
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 3;  ///< odd
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  bool activated = true;
  bool biased = false;  ///< has a bias although a batch norm follows
  PaddingRule padding_rule = PaddingRule::centered;

  /// On every side, such that stride 1 keeps the size.
  std::int64_t padding() const { return dilation * (kernel / 2); }
  /// Whether on an axis of n cells output i is centred on input 2i + 1, where this padding alone
  /// centres it on 2i.
  bool shifts(std::int64_t n) const {
    return padding_rule == PaddingRule::same && stride == 2 && n % 2 == 0;
  }
};

struct Pooling {
  std::int64_t kernel = 2, stride = 2, padding = 0;
};

/// What is added to a stage's convolutions before it ends.
enum class Shortcut { none, identity, projection };

/// A part of a network whose output may be chosen as the grid: either a max pooling, or
///   convolutions (+ shortcut) (→ activation).
struct BackboneStage {
  std::vector<std::string> names;  ///< by which a config may choose it
  std::int64_t channels = 0;       ///< of its output
  std::optional<Pooling> pooling;
  std::vector<ConvolutionShape> convolutions;
  Shortcut shortcut = Shortcut::none;
  std::optional<ConvolutionShape> projection;  ///< for Shortcut::projection
  bool activated = false;                      ///< after the shortcut
};

/// A whole network without its classifier, from the pixels on.
struct Backbone {
  std::vector<BackboneStage> stages;
  std::string default_layer;
};

// The tables of widths. `dilated`: the last halving of the resolution is left out and every later
// kernel spreads by two, so that every second cell of the finer grid is a cell of the coarse one:
// the even cells; for EfficientNet-Lite0, whose padding is "same", the odd ones where the finer
// grid's side is even.
Backbone mobilenet_v2(bool dilated);
Backbone efficientnet_lite0(bool dilated);
Backbone vgg(int depth, bool batch_norm);
Backbone resnet(int depth, bool dilated);

/// @throws std::invalid_argument for an unknown architecture, or one that cannot be dilated.
Backbone backbone_of(const EncoderConfig& config);

}  // namespace saccade
