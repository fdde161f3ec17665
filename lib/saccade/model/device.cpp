#include "saccade/model/device.h"

#include <omp.h>
#include <stdexcept>

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include "saccade/model/instruction_set.h"

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

at::ScalarType product_type(at::ScalarType type, const at::Device& device) {
  const bool lacking =
      type == at::kBFloat16 && device.is_cpu() && instruction_set() < InstructionSet::avx512_bf16;
  return lacking ? at::kFloat : type;
}

OperatorThreads::OperatorThreads(int threads) : before_(at::get_num_threads()) {
  omp_set_num_threads(threads);
}

OperatorThreads::~OperatorThreads() { omp_set_num_threads(before_); }

}  // namespace saccade
