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

at::Tensor AttentionImpl::forward(const at::Tensor& keys, const at::Tensor& h,
                                  const at::Tensor& query_weight) const {
  const std::int64_t B = keys.size(0);
  const std::int64_t R = h.size(0);
  at::Tensor e;  // R×L
  if (kind_ == Score::additive) {
    const at::Tensor query = at::linear(h.to(query_weight.scalar_type()), query_weight);
    e = additive_scores(keys, query.to(keys.scalar_type()), score->weight.view({-1}));
  } else {
    e = at::bmm(h.view({B, R / B, -1}), keys.transpose(1, 2)).view({R, -1});
  }
  return at::softmax(e, 1);
}

}  // namespace saccade
