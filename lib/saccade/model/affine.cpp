#include "saccade/model/affine.h"

#include <torch/types.h>

#include "saccade/model/even_rows.h"

namespace saccade {

AffineImpl::AffineImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias) {
  weight = register_parameter("weight", torch::empty({outputs, inputs}));
  if (with_bias) bias = register_parameter("bias", torch::empty({outputs}));
}

at::Tensor AffineImpl::forward(const at::Tensor& x) const {
  const at::Tensor rows = with_even_rows(x);
  const at::Tensor y = at::linear(rows, weight.to(x.scalar_type()),
                                  bias.defined() ? bias.to(x.scalar_type()) : bias);
  return rows.is_same(x) ? y : y.narrow(0, 0, x.size(0));
}

}  // namespace saccade
