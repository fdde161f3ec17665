#include "model/formula_weights.h"

#include <cmath>
#include <cstdint>

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/io/unicode.h"

namespace saccade::test {
namespace {

void set_one(const std::string& name, at::Tensor target) {
  const at::Tensor u = formula_tensor(name, target.sizes());
  if (target.dim() >= 2) {
    const double inputs = double(target.numel()) / double(target.size(0));
    target.copy_(u * std::sqrt(6 / inputs));
  } else if (ends_with(name, "running_var")) {
    target.copy_(1 + 0.5 * u);
  } else if (ends_with(name, "weight")) {  // of a batch norm
    target.copy_(1 + 0.2 * u);
  } else {
    target.copy_(0.2 * u);
  }
}

}  // namespace

at::Tensor formula_tensor(const std::string& name, at::IntArrayRef sizes) {
  std::uint32_t seed = 2166136261u;  // FNV-1a
  for (const char letter : name) seed = (seed ^ static_cast<unsigned char>(letter)) * 16777619u;
  at::Tensor values = torch::empty(sizes, torch::kFloat);
  auto* out = values.data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    std::uint32_t x = static_cast<std::uint32_t>(i) * 2654435761u + seed;
    x = (x ^ (x >> 15)) * 2246822519u;
    x = (x ^ (x >> 13)) * 3266489917u;
    x ^= x >> 16;
    out[i] = static_cast<float>(x / 2147483648.0 - 1.0);
  }
  return values;
}

void set_formula_weights(torch::nn::Module& module, const std::string& prefix) {
  torch::NoGradGuard no_gradient;
  for (const auto& item : module.named_parameters()) set_one(prefix + item.key(), item.value());
  for (const auto& item : module.named_buffers()) set_one(prefix + item.key(), item.value());
}

}  // namespace saccade::test
