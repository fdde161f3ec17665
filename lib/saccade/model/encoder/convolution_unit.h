#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "saccade/model/encoder/backbones/stage.h"
#include "saccade/model/packed_convolution.h"

namespace saccade {

enum class Activation { relu, relu6 };

/// @throws std::invalid_argument for a name other than relu and relu6.
Activation activation_from_string(const std::string& name);
/// Applies the activation in place.
at::Tensor& activate(at::Tensor& values, Activation activation);

/// Convolution → batch norm → activation. Its tensors are registered in a module tree, under the
/// paths of its shape. The tree must outlive it.
class ConvolutionUnit {
 public:
  /// @param folded  true: no batch norm; the convolution has a bias instead
  ConvolutionUnit(torch::nn::Module& root, const ConvolutionShape& shape, bool folded);

  /// Computes in the type of `input`; gradients reach the weights in the weights' type. The batch
  /// norm computes in its own type, and uses batch statistics while its module is in training mode.
  /// @param input  B×in×rows×columns
  at::Tensor forward(const at::Tensor& input, Activation activation) const;
  at::Device device() const { return weight_.device(); }  ///< the device of the weights

  /// Initializes the weight for training from scratch: normal with variance 2 / fan-out (He et al.
  /// 2015). The bias stays zero.
  void initialize();

  /// Folds the batch norm into the convolution's weight and bias, and removes it from the tree.
  void fold(torch::nn::Module& root);

  void set_requires_grad(bool requires_grad);

  /// Declares the weights final, see PackedConvolution. Does nothing where there is a batch norm.
  void pack();

 private:
  /// Packed on the first input, which determines the image size.
  struct Packed {
    std::once_flag once;
    std::shared_ptr<const PackedConvolution> convolution;
  };
  struct Packing {
    Packed fp32[4], bf16[4];  ///< by input type; index: 1 if rows shift + 2 if columns shift
  };
  /// w·x + b → w·(x − μ)/√(σ² + ε) + b.
  struct Norm {
    std::shared_ptr<torch::nn::Module> module;
    at::Tensor weight, bias, mean, variance;
  };

  /// The weight, with a leading row or column of zeros along the axes that shift. This moves its
  /// centre by a cell, so that the input need not be copied for padding.
  at::Tensor shifted_weight(bool rows, bool columns) const;

  ConvolutionShape shape_;
  std::shared_ptr<torch::nn::Module> convolution_;
  at::Tensor weight_, bias_;
  Norm norm_;
  std::shared_ptr<Packing> packing_;  ///< null while the weights may change
};

}  // namespace saccade
