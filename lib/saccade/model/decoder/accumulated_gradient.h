#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/custom_class.h>

#include "saccade/model/decoder/image_rows.h"

namespace torch::autograd {
struct AutogradContext;
}

namespace saccade {

/// The parts that the steps of a recurrence have in one tensor's gradient, noted while the gradient
/// runs back through them.
class GradientAccumulator : public torch::CustomClassHolder {
 public:
  explicit GradientAccumulator(at::IntArrayRef sizes) : sizes_(sizes.vec()) {}

  /// A step's part is leftᵀ right, of R×N and R×M: N×M, or where rows look at images one such
  /// product for every image, of its rows.
  void note(const at::Tensor& left, const at::Tensor& right, const ImageRowsPtr& rows = {});
  /// A tensor of the gradient's sizes that steps add to themselves; zero at first.
  at::Tensor& sum(const at::TensorOptions& options);
  /// The gradient, undefined where no step had a part in it. Nothing is noted any more then.
  at::Tensor take();

 private:
  std::vector<std::int64_t> sizes_;
  std::vector<at::Tensor> left_, right_;
  std::vector<std::int64_t> of_row_;  ///< the image of each row that was noted, if any has one
  at::Tensor sum_;
};

/// What an operation's forward pass keeps for its backward pass besides tensors.
void keep(torch::autograd::AutogradContext* context,
          const c10::intrusive_ptr<GradientAccumulator>& parts, const ImageRowsPtr& rows = {});
c10::intrusive_ptr<GradientAccumulator> saved_accumulator(
    torch::autograd::AutogradContext* context);
ImageRowsPtr saved_rows(torch::autograd::AutogradContext* context);

/// A tensor that every step of a recurrence multiplies with: a weight, or what is known of the
/// images. LibTorch would make its gradient step by step, a tensor of its size each time, and sum
/// them up. Here the steps note their parts, and the gradient is one product over all of them:
///   Σ_t left_tᵀ right_t = [left_1; …; left_T]ᵀ [right_1; …; right_T].
class AccumulatedOperand {
 public:
  AccumulatedOperand() = default;
  /// For a single step, or without gradients.
  AccumulatedOperand(const at::Tensor& value) : value_(value) {}  // NOLINT: a tensor is one
  /// For many steps.
  static AccumulatedOperand gathered(const at::Tensor& value);

  bool defined() const { return value_.defined(); }
  const at::Tensor& value() const { return value_; }
  /// Where the parts are noted; null: LibTorch makes the gradient.
  const c10::intrusive_ptr<GradientAccumulator>& parts() const { return parts_; }
  /// What an operation that notes its parts takes as an input besides `value`, so that the gradient
  /// is made when all of them are done.
  const at::Tensor& token() const { return token_; }

 private:
  at::Tensor value_, token_;
  c10::intrusive_ptr<GradientAccumulator> parts_;
};

/// x Wᵀ: R×M, N×M → R×N.
at::Tensor product(const at::Tensor& x, const AccumulatedOperand& weight);

/// Σ_i α_i a_i of the image that each row looks at: R×L, B×L×D → R×D.
at::Tensor weighted_sum(const at::Tensor& alpha, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows);

/// a_i · h of the image that each row looks at: R×D, B×L×D → R×L.
at::Tensor inner_products(const at::Tensor& h, const AccumulatedOperand& values,
                          const ImageRowsPtr& rows);

/// a_s of the image that each row looks at: R cells s (int64), B×L×D → R×D.
at::Tensor chosen_cells(const at::Tensor& cells, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows);

}  // namespace saccade
