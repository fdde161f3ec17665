#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace saccade {

/// One of the processes of distributed training.
struct ProcessGroupOptions {
  std::int64_t rank = 0;  ///< of this process, 0…processes − 1
  std::int64_t processes = 1;
  std::string address = "127.0.0.1";  ///< of the machine that runs the process of rank 0
  std::uint16_t port = 29500;         ///< on which that process listens
  std::string interface;          ///< the network interface to use, e.g. eth0; "": the default one
  double timeout_seconds = 1800;  ///< for the start and for each exchange
};

/// Exchanges tensors between processes on one or several machines, with LibTorch's c10d and gloo.
/// All processes must call the same functions in the same order, with the same number, shapes and
/// types of tensors. Tensors may be on any device; they are transferred through host memory. A
/// group of one process does nothing and opens no connection.
///
/// To get the gradients of a common batch: if a process has n words and its loss is a mean over
/// words, scale the loss by n · size() / sum(n) before `backward`, then take the `mean` of the
/// gradients. A loss that is a mean over images needs no scaling if all processes have the same
/// number of images.
///
/// All functions throw std::runtime_error on a timeout or when another process is lost.
class ProcessGroup {
 public:
  /// Waits until all processes have joined.
  /// @throws std::invalid_argument for a rank outside 0…processes − 1
  explicit ProcessGroup(const ProcessGroupOptions& options = {});
  ~ProcessGroup();
  ProcessGroup(ProcessGroup&&) noexcept;
  ProcessGroup& operator=(ProcessGroup&&) noexcept;

  std::int64_t rank() const { return options_.rank; }
  std::int64_t size() const { return options_.processes; }
  /// Whether this is the process that writes files and reports to the user (rank 0).
  bool is_first() const { return options_.rank == 0; }

  /// Replaces each tensor by the sum, or mean, over the processes; bitwise identical in all.
  void sum(const std::vector<at::Tensor>& tensors);
  void mean(const std::vector<at::Tensor>& tensors);
  double sum(double value);
  /// Replaces each tensor by that of rank 0.
  void broadcast(const std::vector<at::Tensor>& tensors);
  /// Calls action() in rank 0 while the other processes wait. Rank 0 signals regularly that it is
  /// still working, so that the timeout does not apply. action() must not use the group.
  /// @return the result of action(), in every process.
  /// @throws whatever action() throws, in rank 0; std::runtime_error in the other processes.
  double on_first(const std::function<double()>& action);

 private:
  struct Impl;
  ProcessGroupOptions options_;
  std::unique_ptr<Impl> impl_;  ///< null in a group of one
};

/// Averages the gradients of all trainable parameters over the processes. A missing gradient is 0.
void average_gradients(const torch::nn::Module& module, ProcessGroup& processes);

}  // namespace saccade
