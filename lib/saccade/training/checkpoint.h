#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <nlohmann/json.hpp>
#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>

namespace saccade {

/// The averaged weights that are validated and kept: w̄ ← d w̄ + (1 − d) w after each step, with the
/// decay d smaller at first so that the start is forgotten. Inactive (every call does nothing) for
/// decay 0.
class AveragedWeights {
 public:
  AveragedWeights(torch::nn::Module& module, double decay);

  void update(std::int64_t step);
  /// Exchanges the averaged and the current weights; call twice to have them back.
  void swap();

  std::map<std::string, at::Tensor>& tensors() { return averaged_; }

 private:
  std::map<std::string, at::Tensor> parameters_;
  std::map<std::string, at::Tensor> averaged_;
  double decay_;
};

/// All that a run needs to go on as if it had never stopped: a folder, written beside and renamed.
/// The one before it stays as `….previous`.
///   weights.safetensors  average.safetensors  optimizer.pt  progress.json
struct Checkpoint {
  torch::nn::Module& module;
  AveragedWeights& average;
  torch::optim::Optimizer& optimizer;

  void save(const std::filesystem::path& folder, const nlohmann::json& progress) const;
  /// What `save` was given: to be looked at before `load`.
  /// @throws std::runtime_error when the folder holds no checkpoint
  static nlohmann::json progress(const std::filesystem::path& folder);
  /// @throws std::runtime_error naming the file that is missing or does not fit
  void load(const std::filesystem::path& folder);
};

}  // namespace saccade
