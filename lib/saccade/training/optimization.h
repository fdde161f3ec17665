#pragma once

#include <memory>
#include <vector>

#include <torch/optim/optimizer.h>

#include "saccade/training/training_config.h"

namespace saccade {

/// The optimizer named by the config, with one parameter group for each element of `groups`.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(
    const TrainingConfig& config, const std::vector<std::vector<at::Tensor>>& groups);

/// The learning rate at a step, as a share of its peak: a linear warm-up, then
///   cosine    a half cosine down to 1/100 at the end
///   constant  1
///   step      multiplied by `schedule_factor` after every `schedule_epochs` epochs
///   plateau   multiplied by `schedule_factor` whenever the metric has not improved for
///             `schedule_epochs` validations
class LearningRateSchedule {
 public:
  LearningRateSchedule(const TrainingConfig& config, std::int64_t steps_per_epoch);

  double share(std::int64_t step) const;  ///< 0…1
  /// Call after every validation. @param since_best  validations since the best one
  void validated(std::int64_t since_best);

  /// The number of reductions by `plateau`, for checkpoints.
  std::int64_t drops() const { return drops_; }
  void restore(std::int64_t drops) { drops_ = drops; }

 private:
  TrainingConfig config_;
  std::int64_t steps_per_epoch_;
  std::int64_t drops_ = 0;
};

}  // namespace saccade
