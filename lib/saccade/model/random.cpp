#include "saccade/model/random.h"

#include <ATen/ATen.h>

namespace saccade {

at::Tensor sample_columns(const at::Tensor& p, const at::Generator& generator) {
  return at::multinomial(p.cpu(), 1, false, generator).view({-1}).to(p.device());
}

at::Tensor apply_dropout(const at::Tensor& x, double share, const at::Generator& generator) {
  if (share <= 0) return x;
  const at::Tensor kept = at::empty_like(x, x.options().device(at::kCPU).requires_grad(false));
  return x * kept.bernoulli_(1 - share, generator).div_(1 - share).to(x.device());
}

}  // namespace saccade
