#pragma once

#include <cstdint>
#include <memory>

#include <ATen/core/ivalue.h>

namespace saccade {

/// A oneDNN convolution whose weights are in the layout that is fastest on this CPU, with a fused
/// ReLU. For inference only: it has no gradient and ignores later changes of the weights.
///
/// Unlike a matrix product of BLAS, an output has the same bits whatever the number of inputs, the
/// place of its input among them, and the number of threads.
class PackedConvolution {
 public:
  struct Geometry {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t dilation = 1;
    std::int64_t groups = 1;
  };

  /// @param weight  out×in/groups×k×k, float or bfloat16, the type of the inputs
  /// @param bias    out, of the same type; undefined: none
  /// @param input   the most frequent shape of the inputs, B×in×rows×columns; others work too
  /// @param relu    whether to apply a ReLU
  /// @return null where LibTorch lacks oneDNN
  static std::shared_ptr<const PackedConvolution> pack(const at::Tensor& weight,
                                                       const at::Tensor& bias,
                                                       const Geometry& geometry,
                                                       at::IntArrayRef input, bool relu);

  /// @param input  B×in×rows×columns, of the type of the weight
  at::Tensor forward(const at::Tensor& input) const;

 private:
  explicit PackedConvolution(at::IValue context) : context_(std::move(context)) {}

  at::IValue context_;
};

}  // namespace saccade
