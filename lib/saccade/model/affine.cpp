#include "saccade/model/affine.h"

#include <torch/types.h>

namespace saccade {

AffineImpl::AffineImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias) {
  weight = register_parameter("weight", torch::empty({outputs, inputs}));
  if (with_bias) bias = register_parameter("bias", torch::empty({outputs}));
}

at::Tensor AffineImpl::forward(const at::Tensor& x) const {
  return at::linear(x, weight.to(x.scalar_type()),
                    bias.defined() ? bias.to(x.scalar_type()) : bias);
}

}  // namespace saccade
