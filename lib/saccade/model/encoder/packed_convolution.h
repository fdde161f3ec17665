#pragma once

#include <memory>

#include <ATen/core/ivalue.h>

#include "saccade/model/encoder/backbones/stage.h"

namespace saccade {

/// A convolution by oneDNN whose weights lie as the processor reads them, with the ReLU in the same
/// pass. For inference: it has no gradient, and does not see later changes of the weights.
class PackedConvolution {
 public:
  /// @param weight  out×in/groups×k×k, float or bfloat16, as the images will be; @param bias  out
  /// @param input   the shape of the images that it will most see, B×in×rows×columns
  /// @return null where this LibTorch comes without oneDNN.
  static std::shared_ptr<const PackedConvolution> pack(const at::Tensor& weight,
                                                       const at::Tensor& bias,
                                                       const ConvolutionShape& shape,
                                                       at::IntArrayRef input, bool relu);

  at::Tensor forward(const at::Tensor& input) const;

 private:
  explicit PackedConvolution(at::IValue context) : context_(std::move(context)) {}

  at::IValue context_;
};

}  // namespace saccade
