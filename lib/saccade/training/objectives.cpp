#include "saccade/training/objectives.h"

#include <torch/torch.h>

namespace saccade {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets,
                         double label_smoothing) {
  return at::cross_entropy_loss(logits.to(at::kFloat), targets, {}, at::Reduction::Mean, -100,
                                label_smoothing);
}

at::Tensor coverage(const at::Tensor& alphas, const at::Tensor& valid, const at::Tensor& row,
                    const at::Tensor& lengths, const std::string& target) {
  const std::int64_t R = lengths.size(0);
  const std::int64_t L = alphas.size(1);
  const at::Tensor masked = alphas * valid.to(alphas.scalar_type()).unsqueeze(1);
  const at::Tensor attended = at::zeros({R, L}, alphas.options()).index_add(0, row, masked);
  const at::Tensor T = lengths.to(alphas.scalar_type()).unsqueeze(1);
  const at::Tensor tau = target == "share" ? T / static_cast<double>(L) : at::ones_like(T);
  return (((tau - attended).pow(2)).sum(1, true) / T).mean();
}

}  // namespace saccade
