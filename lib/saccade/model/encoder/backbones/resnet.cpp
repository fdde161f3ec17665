#include <array>
#include <string>

#include "saccade/model/encoder/backbones/stage.h"

namespace saccade {
namespace {

struct Shape {
  std::array<int, 4> blocks;
  bool bottleneck;
};

Shape shape_of(int depth) {
  switch (depth) {
    case 18:
      return {{2, 2, 2, 2}, false};
    case 34:
      return {{3, 4, 6, 3}, false};
    case 50:
      return {{3, 4, 6, 3}, true};
    default:
      return {{3, 4, 23, 3}, true};
  }
}

/// Two 3×3 convolutions, or a bottleneck of 1×1, 3×3 and 1×1 convolutions, with a shortcut.
BackboneStage residual_block(const std::string& path, std::int64_t in, std::int64_t width,
                             bool bottleneck, std::int64_t stride, std::int64_t dilation,
                             std::int64_t later_dilation) {
  BackboneStage stage;
  stage.channels = bottleneck ? 4 * width : width;
  const auto add = [&](std::int64_t from, std::int64_t to, std::int64_t kernel, std::int64_t step,
                       std::int64_t spread, bool activated) {
    const std::string n = std::to_string(stage.convolutions.size() + 1);
    stage.convolutions.push_back(
        {path + ".conv" + n, path + ".bn" + n, from, to, kernel, step, spread, 1, activated});
  };
  if (bottleneck) {
    add(in, width, 1, 1, 1, true);
    add(width, width, 3, stride, dilation, true);
    add(width, stage.channels, 1, 1, 1, false);
  } else {
    add(in, width, 3, stride, dilation, true);
    add(width, width, 3, 1, later_dilation, false);
  }
  stage.shortcut = Shortcut::identity;
  stage.activated = true;
  return stage;
}

}  // namespace

Backbone resnet(int depth, bool dilated) {
  const Shape shape = shape_of(depth);
  Backbone backbone;
  BackboneStage stem;
  stem.names = {"relu"};
  stem.channels = 64;
  stem.convolutions.push_back({"conv1", "bn1", 3, stem.channels, 7, 2});
  BackboneStage pool;
  pool.names = {"maxpool"};
  pool.channels = stem.channels;
  pool.pooling = Pooling{3, 2, 1};
  backbone.stages = {stem, pool};

  std::int64_t in = stem.channels;
  for (int layer = 0; layer < 4; ++layer) {
    const std::string name = "layer" + std::to_string(layer + 1);
    const bool spread = dilated && layer == 3;
    const std::int64_t width = std::int64_t(64) << layer;
    for (int block = 0; block < shape.blocks[layer]; ++block) {
      const std::string path = name + "." + std::to_string(block);
      const bool first = block == 0;
      const std::int64_t stride = first && layer > 0 && !spread ? 2 : 1;
      const std::int64_t later = spread ? 2 : 1;
      BackboneStage stage =
          residual_block(path, in, width, shape.bottleneck, stride, first ? 1 : later, later);
      if (first && (layer > 0 || in != stage.channels)) {
        stage.shortcut = Shortcut::projection;
        stage.projection = ConvolutionShape{path + ".downsample.0",
                                            path + ".downsample.1",
                                            in,
                                            stage.channels,
                                            1,
                                            stride,
                                            1,
                                            1,
                                            false};
      }
      stage.names = {path};
      if (block + 1 == shape.blocks[layer]) stage.names.push_back(name);
      in = stage.channels;
      backbone.stages.push_back(std::move(stage));
    }
  }
  backbone.default_layer = "layer4";
  return backbone;
}

}  // namespace saccade
