#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <optional>

#include "saccade/model/attention.h"
#include "saccade/model/config.h"
#include "saccade/model/features.h"

namespace saccade {

/// How a step turns α into the context ẑ.
enum class Glimpse {
  expected,  ///< ẑ = β Σ_i α_i a_i: soft attention
  argmax,    ///< ẑ = β a_s, s = argmax α: hard attention, decoded without chance
  sampled    ///< ẑ = β a_s, s ~ Multinoulli(α)
};

/// What a step needs of the past. A value: the caller owns it, the decoder keeps nothing.
/// The K rows of image b are b·K … b·K + K − 1.
struct State {
  Annotations annotations;  ///< per image, shared by its rows
  at::Tensor h, c;          ///< R×H

  std::int64_t rows() const { return h.size(0); }
  /// The state of some rows, in a new order, of some images: `rows` (int64, R′) indexes h and c;
  /// `images` (int64, B′) indexes the annotations, undefined keeps them all. R′ is a multiple of B′
  /// and rows of one image stay together.
  State select(const at::Tensor& rows, const at::Tensor& images = {}) const;
};

/// One word's distribution and where the model looked for it.
struct Step {
  at::Tensor logits;  ///< R×V
  at::Tensor alpha;   ///< R×L, ≥ 0, each row sums to 1 (1/L where the context is no attention)
  at::Tensor gate;    ///< R, β in 0…1 (the mean over features for a per-feature gate, 1 for none)
  at::Tensor cell;    ///< R, int64: the cell that hard attention chose; undefined for `expected`
  State next;
};

}  // namespace saccade
