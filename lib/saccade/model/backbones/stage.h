#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/model/config.h"

namespace saccade {

/// One square convolution and what belongs to it, named as torchvision names it.
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

  /// On every side, such that stride 1 keeps the size.
  std::int64_t padding() const { return dilation * (kernel / 2); }
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
// 3×3 kernel spreads by two, so that the even cells of the finer grid are the cells of the coarse
// one.
Backbone mobilenet_v2(bool dilated);
Backbone vgg(int depth, bool batch_norm);
Backbone resnet(int depth, bool dilated);

/// @throws std::invalid_argument for an unknown architecture, or one that cannot be dilated.
Backbone backbone_of(const EncoderConfig& config);

}  // namespace saccade
