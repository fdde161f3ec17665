#pragma once

#include <cstdint>
#include <memory>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/packed_convolution.h"

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

  /// From now on, computes products of floats on the CPU without gradients by a PackedConvolution:
  /// faster for few rows, and each row's bits do not depend on the others. Later changes of the
  /// weights are ignored there. A single output is a sum over each row instead.
  void pack();
  /// Whether `forward` uses the packed weights for such an input.
  bool is_packed_for(const at::Tensor& x) const;

  at::Tensor weight;  ///< outputs×inputs
  at::Tensor bias;    ///< outputs; undefined without bias

 private:
  std::shared_ptr<const PackedConvolution> packed_;
  bool sums_rows_ = false;  ///< packed with a single output
};
TORCH_MODULE(Linear);

/// The smallest number ≥ `rows` with five significant bits: there are 16 per power of two, and the
/// result is at most a sixteenth larger than `rows`.
std::int64_t padded_row_count(std::int64_t rows);

/// Appends rows of zeros to an R×N matrix, up to padded_row_count(R). Does so only where oneDNN
/// multiplies: for bfloat16 on the CPU. Differentiable.
///
/// oneDNN compiles a kernel for every new shape, which takes milliseconds and a megabyte, and
/// caches the last thousand. In training the lengths of captions differ, so that nearly every batch
/// would have new shapes. In addition, oneDNN 2.6 reads freed memory when one thread evicts a
/// kernel while another looks one up. Padding limits the number of shapes, so that nothing is
/// evicted.
at::Tensor pad_rows(const at::Tensor& x);

}  // namespace saccade
