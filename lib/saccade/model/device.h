#pragma once

#include <string>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace saccade {

/// The device that the option --device names.
/// @param name  cpu, cuda or cuda:N
/// @throws std::invalid_argument for any other name, std::runtime_error for CUDA where LibTorch
///         finds no CUDA device.
at::Device device_named(const std::string& name);

/// The type in which matrix products of `type` are computed: `type` itself, except that bfloat16 is
/// computed in float on a CPU without bfloat16 products. The caller rounds the result back to
/// `type`, so that the types of results do not depend on the CPU.
at::ScalarType product_type(at::ScalarType type, const at::Device& device);

/// While it lives, LibTorch operators called by this thread run on that many threads. (LibTorch's
/// own setting applies to the whole process and recreates the OpenMP thread teams on every change.)
class OperatorThreads {
 public:
  explicit OperatorThreads(int threads);
  ~OperatorThreads();
  OperatorThreads(const OperatorThreads&) = delete;
  OperatorThreads& operator=(const OperatorThreads&) = delete;

 private:
  const int before_;
};

}  // namespace saccade
