#include "saccade/model/device.h"

#include <stdexcept>

#include <torch/cuda.h>

namespace saccade {

at::Device device_named(const std::string& name) {
  const bool cuda = name == "cuda" || name.rfind("cuda:", 0) == 0;
  if (name != "cpu" && !cuda) {
    throw std::invalid_argument("--device " + name + ": expected cpu, cuda or cuda:N");
  }
  if (cuda && !torch::cuda::is_available()) {
    throw std::runtime_error("--device " + name +
                             ": LibTorch finds no CUDA device; use --device cpu");
  }
  return at::Device(name);
}

}  // namespace saccade
