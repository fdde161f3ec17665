#pragma once

#include <memory>
#include <vector>

#include <torch/optim/optimizer.h>

#include "saccade/training/training_config.h"

namespace saccade {

/// The optimizer that the config names, one group of parameters for each learning rate.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(
    const TrainingConfig& config, const std::vector<std::vector<at::Tensor>>& groups);

/// The share of the peak learning rate at a step: a linear warm-up, then
///   cosine    half a cosine down to 1/100 at the end
///   constant  1
///   step      `schedule_factor` once more after every `schedule_epochs` epochs
///   plateau   `schedule_factor` once more whenever the metric has not risen for `schedule_epochs`
///             validations
class LearningRateSchedule {
 public:
  LearningRateSchedule(const TrainingConfig& config, std::int64_t steps_per_epoch);

  double share(std::int64_t step) const;
  /// Told after every validation how many have passed since the best one.
  void validated(std::int64_t since_best);

  std::int64_t drops() const { return drops_; }
  void restore(std::int64_t drops) { drops_ = drops; }

 private:
  TrainingConfig config_;
  std::int64_t steps_per_epoch_;
  std::int64_t drops_ = 0;  ///< of plateau
};

}  // namespace saccade
