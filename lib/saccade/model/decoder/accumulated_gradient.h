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

/// Collects the contributions of the steps of a recurrence to the gradient of one tensor during the
/// backward pass.
class GradientAccumulator : public torch::CustomClassHolder {
 public:
  explicit GradientAccumulator(at::IntArrayRef sizes) : sizes_(sizes.vec()) {}

  /// Records the contribution leftᵀ right of a step.
  /// @param left   R×N
  /// @param right  R×M
  /// @param rows   null: the gradient is N×M; else one product per image, over its rows: B×N×M
  void note(const at::Tensor& left, const at::Tensor& right, const ImageRowsPtr& rows = {});
  /// A tensor of the gradient's sizes, initially zero, to which steps add directly.
  at::Tensor& sum(const at::TensorOptions& options);
  /// Returns the gradient and clears the record. Undefined where no step contributed.
  at::Tensor take();

 private:
  std::vector<std::int64_t> sizes_;
  std::vector<at::Tensor> left_, right_;
  std::vector<std::int64_t> of_row_;  ///< the image of each recorded row; empty without images
  at::Tensor sum_;
};

// What a forward pass saves for its backward pass, besides tensors.
void keep(torch::autograd::AutogradContext* context,
          const c10::intrusive_ptr<GradientAccumulator>& parts, const ImageRowsPtr& rows = {});
c10::intrusive_ptr<GradientAccumulator> saved_accumulator(
    torch::autograd::AutogradContext* context);
ImageRowsPtr saved_rows(torch::autograd::AutogradContext* context);

/// An operand that every step of a recurrence multiplies with: a weight, or a tensor computed from
/// the images. LibTorch would compute its gradient once per step, as a tensor of the operand's
/// size, and sum these. Here the steps record their factors, and the gradient is a single product:
///   Σ_t left_tᵀ right_t = [left_1; …; left_T]ᵀ [right_1; …; right_T].
class AccumulatedOperand {
 public:
  AccumulatedOperand() = default;
  /// An operand for a single step, or without gradients.
  AccumulatedOperand(const at::Tensor& value) : value_(value) {}  // NOLINT: implicit by design
  /// An operand for many steps.
  static AccumulatedOperand gathered(const at::Tensor& value);

  bool defined() const { return value_.defined(); }
  const at::Tensor& value() const { return value_; }
  /// Records the contributions to the gradient; null: LibTorch computes the gradient.
  const c10::intrusive_ptr<GradientAccumulator>& parts() const { return parts_; }
  /// A dummy input for the operations that record contributions. Through it, autograd computes the
  /// gradient after the backward passes of all of them.
  const at::Tensor& token() const { return token_; }

 private:
  at::Tensor value_, token_;
  c10::intrusive_ptr<GradientAccumulator> parts_;
};

// The operations. All are differentiable. `rows` maps each row to the image that it attends to.

/// x Wᵀ: R×M, N×M → R×N.
at::Tensor product(const at::Tensor& x, const AccumulatedOperand& weight);

/// Σ_i α_i a_i for each row: R×L, B×L×D → R×D (Xu et al. 2015, equation 13).
at::Tensor weighted_sum(const at::Tensor& alpha, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows);

/// a_i · h for each row: R×D, B×L×D → R×L.
at::Tensor inner_products(const at::Tensor& h, const AccumulatedOperand& values,
                          const ImageRowsPtr& rows);

/// a_s for each row, s a cell: R (int64), B×L×D → R×D (Xu et al. 2015, equation 9). The gradient
/// reaches `values` only.
at::Tensor chosen_cells(const at::Tensor& cells, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows);

}  // namespace saccade
