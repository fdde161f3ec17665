#include "saccade/training/loss_terms.h"

#include <limits>

#include <ATen/ATen.h>

namespace saccade {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets,
                         double label_smoothing) {
  return at::cross_entropy_loss(logits.to(at::kFloat), targets, {}, at::Reduction::Mean, -100,
                                label_smoothing);
}

at::Tensor target_log_p(const at::Tensor& logits, const at::Tensor& targets) {
  const at::ScalarType type =
      logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;  // doubles in tests
  return -at::cross_entropy_loss(logits.to(type), targets, {}, at::Reduction::None);
}

at::Tensor coverage(const at::Tensor& alphas, const at::Tensor& row, const at::Tensor& lengths,
                    const std::string& target) {
  const std::int64_t R = lengths.size(0);
  const std::int64_t L = alphas.size(1);
  const at::Tensor attended = at::zeros({R, L}, alphas.options()).index_add(0, row, alphas);
  const at::Tensor T = lengths.to(alphas.scalar_type()).unsqueeze(1);
  const at::Tensor tau = target == "share" ? T / static_cast<double>(L) : at::ones_like(T);
  return (((tau - attended).pow(2)).sum(1, true) / T).mean();
}

HardAttentionTerms hard_attention(const at::Tensor& alphas, const at::Tensor& cells,
                                  const at::Tensor& log_p, const at::Tensor& row,
                                  const at::Tensor& sampled, double baseline, double reward_weight,
                                  double entropy_weight) {
  const double N = static_cast<double>(alphas.size(0));
  const at::Tensor log_alphas = alphas.clamp_min(1e-30).log();
  const at::Tensor reward = at::zeros({sampled.size(0)}, log_p.options().requires_grad(false))
                                .index_add(0, row, log_p.detach());
  const at::Tensor weight = (reward - baseline) * sampled.to(reward.scalar_type());
  const at::Tensor chosen = log_alphas.gather(1, cells.unsqueeze(1)).squeeze(1);
  const at::Tensor reinforced = (weight.index_select(0, row) * chosen).sum();
  const at::Tensor entropy = -(alphas * log_alphas).sum();
  return {-(reward_weight * reinforced + entropy_weight * entropy) / N,
          reward.mean().item<double>()};
}

PermittedLogP permitted_log_p(const at::Tensor& logits, const at::Tensor& targets,
                              const at::Tensor& banned) {
  const at::Tensor all = logits.to(at::kFloat);
  const at::Tensor sayable = all.index_fill(1, banned, -std::numeric_limits<float>::infinity());
  const at::Tensor normalizer = at::logsumexp(sayable, 1);
  return {all.gather(1, targets.unsqueeze(1)).squeeze(1) - normalizer,
          normalizer - at::logsumexp(all, 1)};
}

at::Tensor presence_loss(const at::Tensor& logits, const std::vector<SoughtWord>& things) {
  const at::ScalarType type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const at::Tensor log_p = at::log_softmax(logits, 1, type);
  const auto there = [&](const std::vector<std::int64_t>& indices) {
    return at::tensor(indices, at::kLong).to(log_p.device());
  };
  std::vector<at::Tensor> present;
  for (const SoughtWord& thing : things) {
    const at::Tensor of_steps = log_p.index_select(0, there(thing.steps));
    present.push_back(at::logsumexp(of_steps.index_select(1, there(thing.names)), 1).max());
  }
  return -at::stack(present).mean();
}

at::Tensor policy_gradient(const at::Tensor& log_p, const at::Tensor& row,
                           const at::Tensor& advantage) {
  return -(advantage.index_select(0, row) * log_p).mean();
}

}  // namespace saccade
