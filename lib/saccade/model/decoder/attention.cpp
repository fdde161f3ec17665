#include "saccade/model/decoder/attention.h"

#include <stdexcept>

#include <ATen/ATen.h>

#include "saccade/model/decoder/additive_scores.h"

namespace saccade {

AttentionImpl::AttentionImpl(const DecoderConfig& config, at::Device device) : kind_(config.score) {
  const std::int64_t D = config.annotation_size();
  switch (kind_) {
    case Score::additive:
      annotation = register_module("annotation", Linear(D, config.attention, true, device));
      hidden = register_module("hidden", Linear(config.hidden, config.attention, false, device));
      score = register_module("score", Linear(config.attention, 1, false, device));
      break;
    case Score::general:
      annotation = register_module("annotation", Linear(D, config.hidden, false, device));
      break;
    case Score::dot:
      if (D != config.hidden) {
        throw std::invalid_argument(
            "the dot score needs annotations of the size of the hidden state, but D is " +
            std::to_string(D) + " and H is " + std::to_string(config.hidden) +
            "; set projection to H or choose the general score");
      }
      break;
  }
}

at::Tensor AttentionImpl::keys(const at::Tensor& values) const {
  if (kind_ == Score::dot) return values;
  const at::Tensor keys = annotation->forward(values).to(annotation->weight.scalar_type());
  return kind_ == Score::additive ? exp_twice(keys) : keys;
}

at::Tensor AttentionImpl::forward(const AccumulatedOperand& keys, const at::Tensor& h,
                                  const AccumulatedOperand& query_weight,
                                  const ImageRowsPtr& rows) const {
  const auto type = keys.value().scalar_type();
  if (kind_ != Score::additive) return at::softmax(inner_products(h.to(type), keys, rows), 1);
  const at::Tensor query = product(h, query_weight).to(type);
  return at::softmax(additive_scores(keys, query, score->weight.view({-1}), rows), 1);
}

}  // namespace saccade
