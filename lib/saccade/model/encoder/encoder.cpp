#include "saccade/model/encoder/encoder.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/model/device.h"

namespace saccade {
namespace {

/// Pixels per pass without gradients: as many images as keep the output of a layer in the CPU's
/// cache until the next layer reads it.
constexpr std::int64_t kPixelsInCache = 4 * 224 * 224;

bool has_name(const BackboneStage& stage, const std::string& name) {
  return std::find(stage.names.begin(), stage.names.end(), name) != stage.names.end();
}

/// The stages of the network up to the configured layer.
std::vector<BackboneStage> stages_of(const EncoderConfig& config) {
  Backbone backbone = backbone_of(config);
  const std::string layer = config.layer.empty() ? backbone.default_layer : config.layer;
  std::vector<BackboneStage>& stages = backbone.stages;
  const auto last = std::find_if(stages.begin(), stages.end(), [&](const BackboneStage& stage) {
    return has_name(stage, layer);
  });
  if (last == stages.end()) {
    std::string known;
    for (const BackboneStage& stage : stages) {
      for (const auto& name : stage.names) known += (known.empty() ? "" : ", ") + name;
    }
    throw std::invalid_argument(config.architecture + " has no layer \"" + layer +
                                "\"; expected one of " + known);
  }
  stages.erase(last + 1, stages.end());
  return stages;
}

/// Throws unless dilation changes the resolution of a stage.
void require_dilated(const EncoderConfig& config, const std::vector<BackboneStage>& dilated) {
  EncoderConfig plain = config;
  plain.dilated = false;
  const std::vector<BackboneStage> stages = stages_of(plain);
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (std::size_t c = 0; c < stages[s].convolutions.size(); ++c) {
      if (stages[s].convolutions[c].stride != dilated[s].convolutions[c].stride) return;
    }
  }
  throw std::invalid_argument(config.architecture + " at layer " + config.layer +
                              " ends before the stage that `dilated` changes; set `dilated` to "
                              "false");
}

}  // namespace

EncoderImpl::EncoderImpl(const EncoderConfig& config, bool initialize)
    : config_(config), activation_(activation_from_string(config.activation)) {
  const std::vector<BackboneStage> stages = stages_of(config);
  if (config.dilated) require_dilated(config, stages);
  for (const BackboneStage& stage : stages) {
    Part part{stage, {}, {}};
    for (const ConvolutionShape& shape : stage.convolutions) {
      part.convolutions.emplace_back(*this, shape, config.folded);
    }
    if (stage.projection) part.projection.emplace_back(*this, *stage.projection, config.folded);
    if (initialize) part.each([](ConvolutionUnit& unit) { unit.initialize(); });
    parts_.push_back(std::move(part));
  }
  channels_ = stages.back().channels;
}

at::Tensor EncoderImpl::Part::forward(const at::Tensor& input, Activation activation) const {
  if (stage.pooling) {
    const Pooling& pool = *stage.pooling;
    return at::max_pool2d(input, pool.kernel, pool.stride, pool.padding);
  }
  at::Tensor x = input;
  for (const ConvolutionUnit& unit : convolutions) x = unit.forward(x, activation);
  if (stage.shortcut == Shortcut::identity) x.add_(input);
  if (stage.shortcut == Shortcut::projection) x.add_(projection.front().forward(input, activation));
  return stage.activated ? activate(x, activation) : x;
}

at::Tensor EncoderImpl::run(const at::Tensor& input) const {
  at::Tensor x = input;
  for (const Part& part : parts_) x = part.forward(x, activation_);
  return x;
}

Features EncoderImpl::forward(const at::Tensor& pixels) const {
  if (pixels.dim() != 4 || pixels.size(1) != 3) {
    std::ostringstream message;
    message << "the encoder needs pixels of shape B×3×S×S, got " << pixels.sizes();
    throw std::invalid_argument(message.str());
  }
  const at::Device device = parts_.front().convolutions.front().device();
  const auto type = pixels.scalar_type();
  const at::Tensor input =
      pixels.to(device, product_type(type, device)).contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor x;
  if (input.is_cpu() && !at::GradMode::is_enabled() && !is_training()) {
    std::vector<at::Tensor> outputs;
    const std::int64_t images = kPixelsInCache / (input.size(2) * input.size(3));
    for (const at::Tensor& some : input.split(std::max<std::int64_t>(images, 1))) {
      outputs.push_back(run(some));
    }
    x = outputs.size() == 1 ? outputs.front() : at::cat(outputs);
  } else {
    x = run(input);
  }
  return {x.flatten(2).transpose(1, 2).to(type), Grid{x.size(2), x.size(3)}};
}

void EncoderImpl::fold_batch_norms() {
  for (Part& part : parts_) part.each([&](ConvolutionUnit& unit) { unit.fold(*this); });
  config_.folded = true;
}

void EncoderImpl::pack() {
  for (Part& part : parts_) part.each([](ConvolutionUnit& unit) { unit.pack(); });
}

void EncoderImpl::freeze_through(const std::string& layer) {
  const auto last = std::find_if(parts_.begin(), parts_.end(),
                                 [&](const Part& part) { return has_name(part.stage, layer); });
  if (last == parts_.end()) {
    throw std::invalid_argument("cannot freeze through \"" + layer + "\": the " +
                                config_.architecture + " encoder has no such layer");
  }
  for (auto part = parts_.begin(); part <= last; ++part) {
    part->each([](ConvolutionUnit& unit) { unit.set_requires_grad(false); });
  }
}

}  // namespace saccade
