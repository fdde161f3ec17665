#include <string>
#include <utility>

#include "saccade/model/encoder/backbones/stage.h"

namespace saccade {
namespace {

/// Consecutive inverted residuals of one width.
struct LiteRun {
  std::int64_t kernel, expansion, channels, blocks, stride;
};

constexpr LiteRun kLiteRuns[] = {
    {3, 1, 16, 1, 1},  {3, 6, 24, 2, 2},  {5, 6, 40, 2, 2},  {3, 6, 80, 3, 2},
    {5, 6, 112, 3, 1}, {5, 6, 192, 4, 2}, {3, 6, 320, 1, 1},
};
constexpr std::int64_t kLiteStem = 32;
constexpr std::int64_t kLiteHead = 1280;
constexpr std::int64_t kLiteLastStride = 192;  // channels of the last run that halves the grid

ConvolutionShape pointwise(const std::string& path, std::int64_t in, std::int64_t out) {
  ConvolutionShape shape{path, "", in, out, 1};
  shape.padding_rule = PaddingRule::same;
  return shape;
}

/// Expansion, depthwise convolution, projection without an activation.
BackboneStage lite_block(const std::string& path, std::int64_t in, const LiteRun& run,
                         std::int64_t stride, std::int64_t dilation) {
  BackboneStage stage;
  stage.names = {path};
  stage.channels = run.channels;
  const std::int64_t wide = in * run.expansion;
  if (run.expansion != 1) stage.convolutions.push_back(pointwise(path + ".expand", in, wide));
  ConvolutionShape depthwise{path + ".depthwise", "",     wide,     wide,
                             run.kernel,          stride, dilation, wide};
  depthwise.padding_rule = PaddingRule::same;
  stage.convolutions.push_back(std::move(depthwise));
  ConvolutionShape project = pointwise(path + ".project", wide, run.channels);
  project.activated = false;
  stage.convolutions.push_back(std::move(project));
  if (stride == 1 && in == run.channels) stage.shortcut = Shortcut::identity;
  return stage;
}

}  // namespace

Backbone efficientnet_lite0(bool dilated) {
  Backbone backbone;
  BackboneStage stem;
  stem.names = {"stem"};
  stem.channels = kLiteStem;
  stem.convolutions.push_back({"stem", "", 3, kLiteStem, 3, 2});
  stem.convolutions.back().padding_rule = PaddingRule::same;
  backbone.stages.push_back(std::move(stem));

  std::int64_t in = kLiteStem, dilation = 1;
  int index = 0;
  for (const LiteRun& run : kLiteRuns) {
    for (std::int64_t block = 0; block < run.blocks; ++block) {
      const bool spread = dilated && run.channels == kLiteLastStride && block == 0;
      const std::int64_t stride = block == 0 && !spread ? run.stride : 1;
      const std::string path = "blocks." + std::to_string(index++);
      backbone.stages.push_back(lite_block(path, in, run, stride, dilation));
      if (spread) dilation = 2;
      in = run.channels;
    }
  }
  BackboneStage head;
  head.names = {"head"};
  head.channels = kLiteHead;
  head.convolutions.push_back(pointwise("head", in, kLiteHead));
  backbone.stages.push_back(std::move(head));
  backbone.default_layer = "head";
  return backbone;
}

}  // namespace saccade
