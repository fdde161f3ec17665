#include "saccade/model/additive_scores.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>

#include "saccade/model/additive_kernel.h"

namespace saccade {
namespace {

struct Sizes {
  std::int64_t images, rows_per_image, cells, size;  // B, K, L, A
};

Sizes sizes_of(const at::Tensor& keys, const at::Tensor& query) {
  return {keys.size(0), query.size(0) / keys.size(0), keys.size(1), keys.size(2)};
}

at::Tensor scores_cpu(const at::Tensor& keys, const at::Tensor& query, const at::Tensor& v) {
  const auto [B, K, L, A] = sizes_of(keys, query);
  const AdditiveKernel& kernel = additive_kernel();
  at::Tensor exp_query = at::empty_like(query);
  kernel.exp_twice(query.data_ptr<float>(), query.numel(), exp_query.data_ptr<float>());
  at::Tensor scores = at::empty({B * K, L}, query.options());
  const float* key = keys.data_ptr<float>();
  const float* exp_q = exp_query.data_ptr<float>();
  const float* weight = v.data_ptr<float>();
  float* score = scores.data_ptr<float>();
  at::parallel_for(0, B, 1, [&, K = K, L = L, A = A](std::int64_t begin, std::int64_t end) {
    std::vector<float> exp_keys(L * A);
    for (std::int64_t b = begin; b < end; ++b) {
      kernel.exp_twice(key + b * L * A, L * A, exp_keys.data());
      for (std::int64_t r = b * K; r < (b + 1) * K; ++r) {
        kernel.forward(exp_keys.data(), exp_q + r * A, weight, L, A, score + r * L);
      }
    }
  });
  return scores;
}

/// @param d_keys  is added to. @return d_query, d_v
std::pair<at::Tensor, at::Tensor> gradients_cpu(const at::Tensor& keys, const at::Tensor& query,
                                                const at::Tensor& v, const at::Tensor& d_scores,
                                                at::Tensor& d_keys) {
  const auto [B, K, L, A] = sizes_of(keys, query);
  const AdditiveKernel& kernel = additive_kernel();
  at::Tensor exp_query = at::empty_like(query);
  kernel.exp_twice(query.data_ptr<float>(), query.numel(), exp_query.data_ptr<float>());
  at::Tensor d_query = at::zeros_like(query);
  at::Tensor d_v = at::zeros({B, A}, v.options());  // one row per image: no thread shares one
  const float* key = keys.data_ptr<float>();
  const float* exp_q = exp_query.data_ptr<float>();
  const float* weight = v.data_ptr<float>();
  const float* d_score = d_scores.data_ptr<float>();
  float* d_key = d_keys.data_ptr<float>();
  float* d_q = d_query.data_ptr<float>();
  float* d_weight = d_v.data_ptr<float>();
  at::parallel_for(0, B, 1, [&, K = K, L = L, A = A](std::int64_t begin, std::int64_t end) {
    std::vector<float> exp_keys(L * A);
    for (std::int64_t b = begin; b < end; ++b) {
      kernel.exp_twice(key + b * L * A, L * A, exp_keys.data());
      for (std::int64_t r = b * K; r < (b + 1) * K; ++r) {
        kernel.backward(exp_keys.data(), exp_q + r * A, weight, d_score + r * L, L, A,
                        d_key + b * L * A, d_q + r * A, d_weight + b * A);
      }
    }
  });
  return {d_query, d_v.sum(0)};
}

struct AdditiveScores : torch::autograd::Function<AdditiveScores> {
  using Context = torch::autograd::AutogradContext;
  using Parts = c10::intrusive_ptr<GradientParts>;

  static at::Tensor forward(Context* context, const at::Tensor& query, const at::Tensor& v,
                            const at::Tensor& /*token*/, const at::Tensor& keys,
                            const Parts& parts) {
    context->save_for_backward({query, v, keys});
    keep(context, parts);
    return scores_cpu(keys, query, v);
  }

  static torch::autograd::variable_list backward(Context* context,
                                                 const torch::autograd::variable_list& d) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &query = saved[0], &v = saved[1], &keys = saved[2];
    at::Tensor d_keys = context->needs_input_grad(2)
                            ? kept(context)->sum(keys.options()).narrow(0, 0, keys.size(0))
                            : at::zeros_like(keys);
    const auto [d_query, d_v] = gradients_cpu(keys, query, v, d[0].contiguous(), d_keys);
    return {d_query, d_v, {}, {}, {}};
  }
};

}  // namespace

at::Tensor additive_scores(const SharedOperand& keys, const at::Tensor& query,
                           const at::Tensor& v) {
  const at::Tensor& value = keys.value();
  if (value.is_cpu() && value.scalar_type() == at::kFloat && query.scalar_type() == at::kFloat) {
    if (!at::GradMode::is_enabled()) {
      return scores_cpu(value.contiguous(), query.contiguous(), v.contiguous());
    }
    const SharedOperand own = keys.parts() ? keys : SharedOperand::gathered(value);
    const at::Tensor token = own.parts() ? own.token() : at::zeros({}, value.options());
    return AdditiveScores::apply(query.contiguous(), v.contiguous(), token,
                                 value.detach().contiguous(), own.parts());
  }
  const auto [B, K, L, A] = sizes_of(value, query);
  const at::Tensor sums = at::tanh(value.unsqueeze(1) + query.view({B, K, 1, A}));
  return at::matmul(sums, v).view({B * K, L});
}

}  // namespace saccade
