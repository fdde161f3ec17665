#include "saccade/model/decoder/attention.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>

#include "saccade/model/decoder/additive_kernel.h"

namespace saccade {
namespace {

at::Tensor scores_cpu(const at::Tensor& keys, const at::Tensor& query, const at::Tensor& v,
                      const ImageRows& rows) {
  const std::int64_t L = keys.size(1), A = keys.size(2);
  const AdditiveKernel& kernel = additive_kernel();
  const at::Tensor exp_query = exp_twice(query);
  at::Tensor scores = at::empty({query.size(0), L}, query.options());
  const float* key = keys.data_ptr<float>();
  const float* exp_q = exp_query.data_ptr<float>();
  const float* weight = v.data_ptr<float>();
  float* score = scores.data_ptr<float>();
  at::parallel_for(0, rows.images(), 1, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t b = first; b < end; ++b) {
      for (std::int64_t i = rows.begin(b); i < rows.begin(b + 1); ++i) {
        const std::int64_t r = rows.order()[i];
        kernel.forward(key + b * L * A, exp_q + r * A, weight, L, A, score + r * L);
      }
    }
  });
  return scores;
}

/// @param d_keys  B×L×A; the gradient is added to it
/// @return d_query (R×A), d_v (A)
std::pair<at::Tensor, at::Tensor> gradients_cpu(const at::Tensor& keys, const at::Tensor& query,
                                                const at::Tensor& v, const at::Tensor& d_scores,
                                                at::Tensor& d_keys, const ImageRows& rows) {
  const std::int64_t B = keys.size(0), L = keys.size(1), A = keys.size(2);
  const AdditiveKernel& kernel = additive_kernel();
  const at::Tensor exp_query = exp_twice(query);
  at::Tensor d_query = at::zeros_like(query);
  at::Tensor d_v = at::zeros({B, A}, v.options());  // one row per image, so threads share none
  const float* key = keys.data_ptr<float>();
  const float* exp_q = exp_query.data_ptr<float>();
  const float* weight = v.data_ptr<float>();
  const float* d_score = d_scores.data_ptr<float>();
  float* d_key = d_keys.data_ptr<float>();
  float* d_q = d_query.data_ptr<float>();
  float* d_weight = d_v.data_ptr<float>();
  at::parallel_for(0, rows.images(), 1, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t b = first; b < end; ++b) {
      for (std::int64_t i = rows.begin(b); i < rows.begin(b + 1); ++i) {
        const std::int64_t r = rows.order()[i];
        kernel.backward(key + b * L * A, exp_q + r * A, weight, d_score + r * L, L, A,
                        d_key + b * L * A, d_q + r * A, d_weight + b * A);
      }
    }
  });
  return {d_query, d_v.sum(0)};
}

struct AdditiveScores : torch::autograd::Function<AdditiveScores> {
  using Context = torch::autograd::AutogradContext;
  using Parts = c10::intrusive_ptr<GradientAccumulator>;

  static at::Tensor forward(Context* context, const at::Tensor& query, const at::Tensor& v,
                            const at::Tensor& /*token*/, const at::Tensor& keys, const Parts& parts,
                            const ImageRowsPtr& rows) {
    context->save_for_backward({query, v, keys});
    keep(context, parts, rows);
    return scores_cpu(keys, query, v, *rows);
  }

  static torch::autograd::variable_list backward(Context* context,
                                                 const torch::autograd::variable_list& d) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &query = saved[0], &v = saved[1], &keys = saved[2];
    at::Tensor d_keys = context->needs_input_grad(2)
                            ? saved_accumulator(context)->sum(keys.options())
                            : at::zeros_like(keys);
    const auto [d_query, d_v] =
        gradients_cpu(keys, query, v, d[0].contiguous(), d_keys, *saved_rows(context));
    return {d_query, d_v, {}, {}, {}, {}};
  }
};

}  // namespace

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
  const at::Tensor query =
      (hidden->is_packed_for(h) ? hidden->forward(h) : product(h, query_weight)).to(type);
  return at::softmax(additive_scores(keys, query, score->weight.view({-1}), rows), 1);
}

at::Tensor exp_twice(const at::Tensor& keys) { return at::exp(2 * keys.clamp(-20, 20)); }

at::Tensor additive_scores(const AccumulatedOperand& exp_keys, const at::Tensor& query,
                           const at::Tensor& v, const ImageRowsPtr& rows) {
  const at::Tensor& keys = exp_keys.value();
  if (keys.is_cpu() && keys.scalar_type() == at::kFloat && query.scalar_type() == at::kFloat) {
    if (!at::GradMode::is_enabled()) {
      return scores_cpu(keys.contiguous(), query.contiguous(), v.contiguous(), *rows);
    }
    const AccumulatedOperand own = exp_keys.parts() ? exp_keys : AccumulatedOperand::gathered(keys);
    return AdditiveScores::apply(query.contiguous(), v.contiguous(), own.token(),
                                 keys.detach().contiguous(), own.parts(), rows);
  }
  const at::Tensor of_row = at::tensor(rows->of_row(), at::kLong).to(keys.device());
  const at::Tensor products = keys.index_select(0, of_row) * exp_twice(query).unsqueeze(1);
  return at::matmul(1 - 2 / (products + 1), v);
}

}  // namespace saccade
