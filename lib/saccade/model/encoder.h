#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/features.h"

namespace saccade {

/// A photograph's annotations: a convolutional network cut at a chosen layer. Parameter names are
/// torchvision's, so that its state dicts import. Every convolution runs in the type of its input:
/// given bfloat16 pixels it computes in bfloat16 from fp32 master weights.
class EncoderImpl : public torch::nn::Module {
 public:
  /// @throws std::invalid_argument for an unknown architecture or layer.
  explicit EncoderImpl(const EncoderConfig& config);

  /// @param pixels B×3×S×S as `prepare` yields them; best in channels-last layout.
  /// @return values B×L×D in the type of the pixels.
  Features forward(const at::Tensor& pixels);

  std::int64_t channels() const { return channels_; }  ///< D
  const EncoderConfig& config() const { return config_; }

  /// Folds every batch norm into the convolution before it; the outputs stay the same to rounding.
  void fold_batch_norms();

 private:
  EncoderConfig config_;
  std::int64_t channels_ = 0;
};
TORCH_MODULE(Encoder);

}  // namespace saccade
