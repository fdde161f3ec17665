#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "saccade/model/config.h"
#include "saccade/model/decoder/accumulated_gradient.h"
#include "saccade/model/decoder/linear.h"
#include "saccade/model/features.h"

namespace saccade {

/// What attention needs of the images, computed once per image.
struct Annotations {
  at::Tensor values;  ///< a: B×L×D, after the decoder's projection
  at::Tensor keys;    ///< additive: exp 2(W_a a + b), B×L×A; general: a W, B×L×H; dot: a itself
  Grid grid;

  std::int64_t images() const { return values.size(0); }
};

/// α = softmax(e), e_i the score of cell i for the state h (PAPER.md, "One step"):
///   additive  v · tanh(W_a a_i + W_h h + b)      dot  hᵀ a_i      general  hᵀ W a_i
class AttentionImpl : public torch::nn::Module {
 public:
  /// @throws std::invalid_argument when a dot score is asked for with D ≠ H.
  explicit AttentionImpl(const DecoderConfig& config, at::Device device = at::kCPU);

  /// The keys of B×L×D values, in the type of the parameters.
  at::Tensor keys(const at::Tensor& values) const;

  /// @param query_weight  the weight of `hidden`, perhaps cast; undefined for dot and general
  /// scores
  /// @param h             R×H, in the type of the query's weight
  /// @param rows          which image each row looks at
  /// @return α, R×L in fp32
  at::Tensor forward(const AccumulatedOperand& keys, const at::Tensor& h,
                     const AccumulatedOperand& query_weight, const ImageRowsPtr& rows) const;

  Linear annotation{nullptr};  ///< W_a and b, or W of the general score
  Linear hidden{nullptr};      ///< W_h, without bias
  Linear score{nullptr};       ///< v, 1×A

 private:
  Score kind_;
};
TORCH_MODULE(Attention);

}  // namespace saccade
