#include "saccade/model/attention.h"

#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/model/additive_scores.h"

namespace saccade {

AttentionImpl::AttentionImpl(const DecoderConfig& config) : kind_(config.score) {
  const std::int64_t D = config.annotation_size();
  switch (kind_) {
    case Score::additive:
      annotation = register_module("annotation", Affine(D, config.attention));
      hidden = register_module("hidden", Affine(config.hidden, config.attention, false));
      score = register_module("score", Affine(config.attention, 1, false));
      break;
    case Score::general:
      annotation = register_module("annotation", Affine(D, config.hidden, false));
      break;
    case Score::dot:
      if (D != config.hidden) {
        throw std::invalid_argument(
            "a dot score needs annotations as wide as the hidden state, but D is " +
            std::to_string(D) + " and H is " + std::to_string(config.hidden) +
            "; set projection to H or choose the general score");
      }
      break;
  }
}

at::Tensor AttentionImpl::keys(const at::Tensor& values) const {
  return kind_ == Score::dot ? values : annotation->forward(values);
}

at::Tensor AttentionImpl::forward(const SharedOperand& keys, const at::Tensor& h,
                                  const SharedOperand& query_weight) const {
  if (kind_ != Score::additive) return at::softmax(inner_products(h, keys), 1);
  const at::Tensor query = product(h.to(query_weight.value().scalar_type()), query_weight);
  const at::Tensor e =
      additive_scores(keys, query.to(keys.value().scalar_type()), score->weight.view({-1}));
  return at::softmax(e, 1);
}

}  // namespace saccade
