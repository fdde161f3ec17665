#include <string>
#include <utility>

#include "saccade/model/encoder/backbones/stage.h"

namespace saccade {

Backbone vgg(int depth, bool batch_norm) {
  constexpr std::int64_t kWidths[] = {64, 128, 256, 512, 512};
  const std::int64_t deep = depth == 19 ? 4 : 3;  // convolutions per block in the last three

  Backbone backbone;
  std::int64_t in = 3;
  int index = 0;  // in torchvision's flat list of modules
  const auto next_path = [&] { return "features." + std::to_string(index++); };
  for (int block = 0; block < 5; ++block) {
    const std::int64_t convolutions = block < 2 ? 2 : deep;
    for (std::int64_t i = 0; i < convolutions; ++i) {
      const std::string path = next_path();
      const std::string norm = batch_norm ? next_path() : "";
      BackboneStage stage;
      // Every name means the convolution with the ReLU that follows it.
      stage.names = {path, next_path(),
                     "conv" + std::to_string(block + 1) + "_" + std::to_string(i + 1)};
      stage.channels = kWidths[block];
      ConvolutionShape convolution{path, norm, in, stage.channels};
      convolution.biased = true;
      stage.convolutions.push_back(std::move(convolution));
      in = stage.channels;
      backbone.default_layer = path;
      backbone.stages.push_back(std::move(stage));
    }
    BackboneStage pool;
    pool.names = {next_path()};
    pool.channels = in;
    pool.pooling = Pooling{2, 2, 0};
    backbone.stages.push_back(std::move(pool));
  }
  return backbone;
}

}  // namespace saccade
