#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <nlohmann/json.hpp>
#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>

namespace saccade {

/// Exponential moving average of the weights, which is validated and kept: w̄ ← d w̄ + (1 − d) w
/// after each step. In step n the decay is d = min(decay, (1 + n) / (10 + n)), so that the initial
/// weights are forgotten quickly. With decay 0 every call does nothing.
class AveragedWeights {
 public:
  AveragedWeights(torch::nn::Module& module, double decay);

  void update(std::int64_t step);
  /// Swaps the averaged and the current weights. A second call swaps them back.
  void swap();

  std::map<std::string, at::Tensor>& tensors() { return averaged_; }

 private:
  std::map<std::string, at::Tensor> parameters_;
  std::map<std::string, at::Tensor> averaged_;
  double decay_;
};

/// A folder with the complete state of a run, from which the run resumes exactly. It is written to
/// a temporary folder and renamed; the checkpoint before it is kept as `….previous`.
///   weights.safetensors  average.safetensors  optimizer.pt  progress.json
struct Checkpoint {
  torch::nn::Module& module;
  AveragedWeights& average;
  torch::optim::Optimizer& optimizer;

  /// @throws std::runtime_error when the folder cannot be written or contains other files
  void save(const std::filesystem::path& folder, const nlohmann::json& progress) const;
  /// The `progress` of a saved checkpoint, to be checked before `load`.
  /// @throws std::runtime_error when the folder contains no checkpoint
  static nlohmann::json progress(const std::filesystem::path& folder);
  /// Restores module, average and optimizer.
  /// @throws std::runtime_error naming the file that is missing or does not match
  void load(const std::filesystem::path& folder);
};

}  // namespace saccade
