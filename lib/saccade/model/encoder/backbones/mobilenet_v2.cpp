#include <iterator>
#include <string>

#include "saccade/model/encoder/backbones/stage.h"

namespace saccade {
namespace {

/// Consecutive inverted residuals of one width.
struct Run {
  std::int64_t expansion, channels, blocks, stride;
};

constexpr Run kRuns[] = {
    {1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2},  {6, 64, 4, 2},
    {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
};
constexpr std::int64_t kStem = 32;
constexpr std::int64_t kHead = 1280;

/// Expansion, depthwise convolution, projection without a ReLU.
BackboneStage inverted_residual(const std::string& path, std::int64_t in, const Run& run,
                                std::int64_t stride, std::int64_t dilation) {
  BackboneStage stage;
  stage.names = {path};
  stage.channels = run.channels;
  const std::int64_t wide = in * run.expansion;
  int index = 0;
  const auto unit_path = [&] { return path + ".conv." + std::to_string(index++); };
  if (run.expansion != 1) {
    const std::string unit = unit_path();
    stage.convolutions.push_back({unit + ".0", unit + ".1", in, wide, 1});
  }
  const std::string unit = unit_path();
  stage.convolutions.push_back({unit + ".0", unit + ".1", wide, wide, 3, stride, dilation, wide});
  const std::string last = unit_path();
  stage.convolutions.push_back({last, unit_path(), wide, run.channels, 1, 1, 1, 1, false});
  if (stride == 1 && in == run.channels) stage.shortcut = Shortcut::identity;
  return stage;
}

/// A convolution with its norm and activation: the first and the last stage.
BackboneStage plain_convolution(const std::string& path, std::int64_t in, std::int64_t out,
                                std::int64_t kernel, std::int64_t stride) {
  BackboneStage stage;
  stage.names = {path};
  stage.channels = out;
  stage.convolutions.push_back({path + ".0", path + ".1", in, out, kernel, stride});
  return stage;
}

}  // namespace

Backbone mobilenet_v2(bool dilated) {
  Backbone backbone;
  const auto next_path = [&] { return "features." + std::to_string(backbone.stages.size()); };
  backbone.stages.push_back(plain_convolution(next_path(), 3, kStem, 3, 2));

  constexpr std::int64_t kLastStride = 5;  // the last run that halves the resolution
  std::int64_t in = kStem, dilation = 1;
  for (std::int64_t run = 0; run < std::int64_t(std::size(kRuns)); ++run) {
    for (std::int64_t block = 0; block < kRuns[run].blocks; ++block) {
      const bool spread = dilated && run == kLastStride && block == 0;
      const std::int64_t stride = block == 0 && !spread ? kRuns[run].stride : 1;
      BackboneStage stage = inverted_residual(next_path(), in, kRuns[run], stride, dilation);
      if (spread) dilation = 2;
      in = stage.channels;
      backbone.stages.push_back(std::move(stage));
    }
  }
  backbone.stages.push_back(plain_convolution(next_path(), in, kHead, 1, 1));
  backbone.default_layer = backbone.stages.back().names.front();
  return backbone;
}

}  // namespace saccade
