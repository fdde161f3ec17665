#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

namespace saccade {

/// y = W x + b, in the type of x: given bfloat16 it computes in bfloat16 from fp32 master weights.
/// Unlike torch::nn::Linear the weights are left unset on construction, because a bundle or
/// `initialize` sets them anyway.
class LinearImpl : public torch::nn::Module {
 public:
  /// @param device  of the weights; at::kMeta: they have shapes and no memory
  LinearImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias = true,
             at::Device device = at::kCPU);

  at::Tensor forward(const at::Tensor& x) const;  ///< …×inputs → …×outputs

  at::Tensor weight;  ///< outputs×inputs
  at::Tensor bias;    ///< outputs, or undefined
};
TORCH_MODULE(Linear);

}  // namespace saccade
