#pragma once

#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/encoder/backbones/stage.h"
#include "saccade/model/encoder/convolution_unit.h"
#include "saccade/model/features.h"

namespace saccade {

/// The encoder (Xu et al. 2015, section 3.1.1): a convolutional network up to a chosen layer, whose
/// output is the annotations of an image. Later layers are not registered. Parameter names are
/// torchvision's, so that its state dicts can be imported. Every convolution computes in the type
/// of its input: for bfloat16 pixels in bfloat16, from fp32 weights, or in float where the CPU has
/// no bfloat16 products (product_type).
class EncoderImpl : public torch::nn::Module {
 public:
  /// @param initialize  false leaves the convolutions' weights unset, for a caller that loads them
  /// @throws std::invalid_argument for an unknown architecture, layer or activation, or for
  ///         `dilated` where it would change no stage.
  explicit EncoderImpl(const EncoderConfig& config, bool initialize = true);
  EncoderImpl(const EncoderImpl&) = delete;
  EncoderImpl& operator=(const EncoderImpl&) = delete;

  /// @param pixels  B×3×S×S as returned by `prepare`, on any device
  /// @return values B×L×D in the type of the pixels, on the device of the weights
  /// @throws std::invalid_argument for another shape.
  Features forward(const at::Tensor& pixels) const;

  std::int64_t channels() const { return channels_; }  ///< D
  const EncoderConfig& config() const { return config_; }

  /// Folds every batch norm into the convolution before it. The outputs stay the same up to
  /// rounding. Optimizers created before hold parameters that no longer exist.
  void fold_batch_norms();

  /// Declares the weights final. Without gradients, the convolutions then use copies of them in a
  /// layout that suits the CPU, made at first use. See PackedConvolution.
  void pack();

  /// Disables the gradients of all parameters up to and including `layer`.
  /// @throws std::invalid_argument for a layer that this encoder does not have.
  void freeze_through(const std::string& layer);

 private:
  /// A stage and its convolutions.
  struct Part {
    BackboneStage stage;
    std::vector<ConvolutionUnit> convolutions;
    std::vector<ConvolutionUnit> projection;  ///< one or none

    at::Tensor forward(const at::Tensor& input, Activation activation) const;
    template <typename Visit>
    void each(Visit visit) {
      for (auto& unit : convolutions) visit(unit);
      for (auto& unit : projection) visit(unit);
    }
  };

  at::Tensor run(const at::Tensor& input) const;  ///< B×3×S×S → B×D×rows×columns

  EncoderConfig config_;
  Activation activation_;
  std::int64_t channels_ = 0;
  std::vector<Part> parts_;
};
TORCH_MODULE(Encoder);

}  // namespace saccade
