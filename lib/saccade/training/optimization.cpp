#include "saccade/training/optimization.h"

#include <algorithm>
#include <cmath>

#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/optimizer.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>

namespace saccade {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(
    const TrainingConfig& config, const std::vector<std::vector<at::Tensor>>& groups) {
  std::vector<torch::optim::OptimizerParamGroup> parameters;
  for (const auto& group : groups) parameters.emplace_back(group);
  const double rate = config.learning_rate, decay = config.weight_decay;
  if (config.optimizer == "adam") {
    return std::make_unique<torch::optim::Adam>(
        parameters, torch::optim::AdamOptions(rate).weight_decay(decay));
  }
  if (config.optimizer == "rmsprop") {
    return std::make_unique<torch::optim::RMSprop>(
        parameters, torch::optim::RMSpropOptions(rate).weight_decay(decay));
  }
  if (config.optimizer == "sgd") {
    return std::make_unique<torch::optim::SGD>(
        parameters, torch::optim::SGDOptions(rate).momentum(0.9).weight_decay(decay));
  }
  return std::make_unique<torch::optim::AdamW>(
      parameters, torch::optim::AdamWOptions(rate).weight_decay(decay));
}

LearningRateSchedule::LearningRateSchedule(const TrainingConfig& config,
                                           std::int64_t steps_per_epoch)
    : config_(config), steps_per_epoch_(steps_per_epoch) {}

double LearningRateSchedule::share(std::int64_t step) const {
  const std::int64_t warmup = config_.warmup_steps;
  if (step < warmup) return (static_cast<double>(step) + 1) / static_cast<double>(warmup);
  if (config_.schedule == "constant") return 1;
  if (config_.schedule == "step") {
    return std::pow(config_.schedule_factor,
                    static_cast<double>(step / (config_.schedule_epochs * steps_per_epoch_)));
  }
  if (config_.schedule == "plateau") {
    return std::pow(config_.schedule_factor, static_cast<double>(drops_));
  }
  const std::int64_t steps = config_.epochs * steps_per_epoch_;
  const double done = static_cast<double>(step - warmup) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  return 0.01 + 0.99 * 0.5 * (1 + std::cos(M_PI * std::min(1.0, done)));
}

void LearningRateSchedule::validated(std::int64_t since_best) {
  if (config_.schedule == "plateau" && since_best > 0 &&
      since_best % config_.schedule_epochs == 0) {
    ++drops_;
  }
}

}  // namespace saccade
