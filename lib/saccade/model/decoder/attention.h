#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/decoder/accumulated_gradient.h"
#include "saccade/model/decoder/linear.h"
#include "saccade/model/features.h"

namespace saccade {

/// The annotations with what attention computes from them once per image.
struct Annotations {
  at::Tensor values;  ///< a, B×L×D, after the decoder's projection
  at::Tensor keys;    ///< additive: exp 2(W_a a + b), B×L×A; general: W a, B×L×H; dot: a
  Grid grid;          ///< L = rows · cols

  std::int64_t images() const { return values.size(0); }  ///< B
};

/// The attention model (Xu et al. 2015, equations 4 and 5): α = softmax(e) over the cells, where
/// e_i = f_att(a_i, h) is the score of cell i for the previous state h:
///   additive  v · tanh(W_a a_i + W_h h + b)   Bahdanau et al. 2015, appendix A.1.2
///   dot       hᵀ a_i                          Luong et al. 2015, section 3.1
///   general   hᵀ W a_i                        Luong et al. 2015, section 3.1
class AttentionImpl : public torch::nn::Module {
 public:
  /// @throws std::invalid_argument for a dot score with D ≠ H.
  explicit AttentionImpl(const DecoderConfig& config, at::Device device = at::kCPU);

  /// The keys (see Annotations), in the type of the parameters.
  /// @param values  B×L×D
  at::Tensor keys(const at::Tensor& values) const;

  /// @param keys          from `keys`
  /// @param h             R×H, in the type of query_weight
  /// @param query_weight  the weight of `hidden`, possibly cast; undefined for dot and general
  /// @param rows          the image that each row attends to
  /// @return α, R×L, in the type of the keys; ≥ 0, each row sums to 1
  at::Tensor forward(const AccumulatedOperand& keys, const at::Tensor& h,
                     const AccumulatedOperand& query_weight, const ImageRowsPtr& rows) const;

  Linear annotation{nullptr};  ///< W_a and b, or W of the general score; null for dot
  Linear hidden{nullptr};      ///< W_h, without bias; null for dot and general
  Linear score{nullptr};       ///< v, 1×A; null for dot and general

 private:
  Score kind_;
};
TORCH_MODULE(Attention);

/// exp 2k, with k clamped to ±20: tanh is ±1 there to the last digit, and a product of two
/// exponentials stays finite. Computed from the keys once per image, for `additive_scores`.
at::Tensor exp_twice(const at::Tensor& keys);

/// The additive score (Bahdanau et al. 2015, appendix A.1.2): e_ri = v · tanh(key_bi + query_r),
/// where row r attends to image b. Never stores the R×L×A arguments of tanh; the backward pass
/// recomputes them. Float or double; differentiable in all three tensors.
/// @param exp_keys  B×L×A: exp 2(W_a a + b), from `exp_twice`
/// @param query     R×A: W_h h
/// @param v         A
/// @param rows      the image that each row attends to
/// @return e, R×L
at::Tensor additive_scores(const AccumulatedOperand& exp_keys, const at::Tensor& query,
                           const at::Tensor& v, const ImageRowsPtr& rows);

}  // namespace saccade
