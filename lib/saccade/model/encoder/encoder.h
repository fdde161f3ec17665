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

/// A photograph's annotations: a convolutional network cut at a chosen layer; what lies beyond it
/// is not registered. Parameter names are torchvision's, so that its state dicts import. Every
/// convolution runs in the type of its input: given bfloat16 pixels it computes in bfloat16 from
/// fp32 master weights; where the processor has no bfloat16 products, in float (product_type).
class EncoderImpl : public torch::nn::Module {
 public:
  /// @param initialize  false leaves the convolutions' weights unset, for a caller that loads them.
  /// @throws std::invalid_argument for an unknown architecture, layer or activation, or `dilated`
  ///         where no dilated stage would be used.
  explicit EncoderImpl(const EncoderConfig& config, bool initialize = true);
  EncoderImpl(const EncoderImpl&) = delete;
  EncoderImpl& operator=(const EncoderImpl&) = delete;

  /// @param pixels B×3×S×S as `prepare` yields them, on any device
  /// @return values B×L×D in the type of the pixels, where the weights are
  /// @throws std::invalid_argument for another shape.
  Features forward(const at::Tensor& pixels) const;

  std::int64_t channels() const { return channels_; }  ///< D
  const EncoderConfig& config() const { return config_; }

  /// Folds every batch norm into the convolution before it; the outputs stay the same to rounding.
  /// Optimizers made before hold parameters that no longer exist.
  void fold_batch_norms();

  /// The weights stay as they are from now on. Without gradients the convolutions then use copies
  /// of them, made at first use, that lie as the processor reads them.
  void pack();

  /// Takes the gradients from every parameter up to and including `layer`.
  /// @throws std::invalid_argument for a layer that this encoder does not have.
  void freeze_through(const std::string& layer);

 private:
  /// A stage with its tensors.
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

  at::Tensor run(const at::Tensor& input) const;  ///< B×D×rows×columns

  EncoderConfig config_;
  Activation activation_;
  std::int64_t channels_ = 0;
  std::vector<Part> parts_;
};
TORCH_MODULE(Encoder);

}  // namespace saccade
