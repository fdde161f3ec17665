#include "saccade/training/starting_model.h"

#include <torch/nn/module.h>
#include <torch/utils.h>

#include "saccade/training/training_vocabulary.h"

namespace saccade {
namespace {

Bundle with_fresh_decoder(const TrainingRun& run) {
  Bundle model;
  model.config = run.model;
  model.vocabulary = training_vocabulary(run.train, run.config.min_count);
  model.encoder = run.encoder;
  model.config.encoder = model.encoder->config();
  model.config.decoder.vocabulary = model.vocabulary.size();
  model.config.decoder.features = model.encoder->channels();
  model.decoder = Decoder(model.config.decoder);
  model.decoder->initialize();
  return model;
}

/// Enables gradients, which are off in parameters loaded from a bundle.
void learn(torch::nn::Module& module) {
  for (at::Tensor& parameter : module.parameters()) parameter.requires_grad_(true);
}

}  // namespace

Bundle starting_model(const TrainingRun& run) {
  torch::manual_seed(run.config.seed);
  Bundle model = run.start ? *run.start : with_fresh_decoder(run);
  model.to(run.device);
  learn(*model.decoder);
  learn(*model.encoder);
  const std::string& frozen = run.config.encoder_frozen_through;
  if (!frozen.empty()) model.encoder->freeze_through(frozen);
  return model;
}

}  // namespace saccade
