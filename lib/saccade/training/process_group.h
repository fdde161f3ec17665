#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace saccade {

/// A process among those that train one model together.
struct ProcessGroupOptions {
  std::int64_t rank = 0;  ///< of this process, 0…processes − 1
  std::int64_t processes = 1;
  std::string address = "127.0.0.1";  ///< of the machine where the process of rank 0 runs
  std::uint16_t port = 29500;         ///< where that process waits for the others
  std::string interface;  ///< the network interface to talk through, e.g. eth0; "": the usual one
  double timeout_seconds = 1800;  ///< to wait for the others, at the start and at each exchange
};

/// Exchanges tensors between processes on one machine or several, through LibTorch's c10d with
/// gloo. All processes call the same functions in the same order with tensors of the same number,
/// shapes and types, which may be on any device: they travel through host memory. A group of one
/// process does nothing and opens no connection.
///
/// Gradients as if one process had the whole batch: with n words here and a loss that is a mean
/// over words, scale it by n · size() / sum(n) before `backward`, then take the `mean` of the
/// gradients. A loss that is a mean over images needs no scale when all have as many.
///
/// Throws std::runtime_error when the others do not come in time or one is lost.
class ProcessGroup {
 public:
  /// Waits until all processes are there.
  /// @throws std::invalid_argument for a rank that is not below the number of processes
  explicit ProcessGroup(const ProcessGroupOptions& options = {});
  ~ProcessGroup();
  ProcessGroup(ProcessGroup&&) noexcept;
  ProcessGroup& operator=(ProcessGroup&&) noexcept;

  std::int64_t rank() const { return options_.rank; }
  std::int64_t size() const { return options_.processes; }
  /// Whether this process is the one that writes files and talks to the user.
  bool is_first() const { return options_.rank == 0; }

  /// Each tensor becomes the sum, or the mean, of the processes' tensors; the same bits in all.
  void sum(const std::vector<at::Tensor>& tensors);
  void mean(const std::vector<at::Tensor>& tensors);
  double sum(double value);
  /// Each tensor becomes that of rank 0.
  void broadcast(const std::vector<at::Tensor>& tensors);
  /// Calls action() in rank 0 while the others wait, for as long as it takes: rank 0 tells them
  /// again and again that it is at work. action() must not use the group.
  /// @return in every process what action() returned. What it throws is thrown in rank 0; the
  /// others
  ///         throw std::runtime_error.
  double on_first(const std::function<double()>& action);

 private:
  struct Impl;
  ProcessGroupOptions options_;
  std::unique_ptr<Impl> impl_;  ///< null in a group of one
};

/// Every parameter that learns gets the mean of the processes' gradients; none counts as zero.
void average_gradients(const torch::nn::Module& module, ProcessGroup& processes);

}  // namespace saccade
