#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "saccade/model/encoder/backbones/stage.h"
#include "saccade/model/encoder/packed_convolution.h"

namespace saccade {

enum class Activation { relu, relu6 };

/// @throws std::invalid_argument for a name that is none of relu, relu6.
Activation activation_from_string(const std::string& name);
/// In place.
at::Tensor& activate(at::Tensor& values, Activation activation);

/// Convolution → batch norm → activation. Its tensors are registered in a module tree under the
/// shape's paths; the tree has to outlive it.
class ConvolutionUnit {
 public:
  /// @param folded  no batch norm; the convolution has a bias in its place.
  ConvolutionUnit(torch::nn::Module& root, const ConvolutionShape& shape, bool folded);

  /// Computes in the type of `input`; gradients reach the weights in theirs. The batch norm
  /// computes in its own type, with the batch's statistics while its module is in training mode.
  at::Tensor forward(const at::Tensor& input, Activation activation) const;
  at::Device device() const { return weight_.device(); }  ///< where it computes

  /// Weights of a fresh network: normal with the variance that keeps a ReLU's output even, no bias.
  void initialize();

  /// Moves the batch norm into the convolution's weight and bias and removes it from the tree.
  void fold(torch::nn::Module& root);

  void set_requires_grad(bool requires_grad);

  /// The weights stay as they are from now on: see PackedConvolution. Not with a batch norm.
  void pack();

 private:
  /// Packed when the first input shows the size of the images.
  struct Packed {
    std::once_flag once;
    std::shared_ptr<const PackedConvolution> convolution;
  };
  struct Packing {
    Packed fp32[4], bf16[4];  ///< by the type of the input; by shift, rows 1 and columns 2
  };
  /// w·x + b → w·(x − μ)/√(σ² + ε) + b.
  struct Norm {
    std::shared_ptr<torch::nn::Module> module;
    at::Tensor weight, bias, mean, variance;
  };

  /// The weight as it is applied: its centre moves by a cell along the axes that shift, through a
  /// leading row or column of zeros, so that the input need not be copied to be padded.
  at::Tensor shifted_weight(bool rows, bool columns) const;

  ConvolutionShape shape_;
  std::shared_ptr<torch::nn::Module> convolution_;
  at::Tensor weight_, bias_;
  Norm norm_;
  std::shared_ptr<Packing> packing_;  ///< null while the weights may change
};

}  // namespace saccade
