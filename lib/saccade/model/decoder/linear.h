#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

namespace saccade {

/// y = W x + b, computed in the type of x: bfloat16 inputs give bfloat16 products of fp32 weights.
/// Unlike torch::nn::Linear, the constructor leaves the weights unset, because a bundle or
/// `initialize` sets them.
class LinearImpl : public torch::nn::Module {
 public:
  /// @param device  of the weights; at::kMeta: shapes without memory
  LinearImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias = true,
             at::Device device = at::kCPU);

  at::Tensor forward(const at::Tensor& x) const;  ///< …×inputs → …×outputs

  at::Tensor weight;  ///< outputs×inputs
  at::Tensor bias;    ///< outputs; undefined without bias
};
TORCH_MODULE(Linear);

}  // namespace saccade
