#include "saccade/model/decoder/linear.h"

#include <torch/types.h>

#include "saccade/model/decoder/pad_rows.h"
#include "saccade/model/product_type.h"

namespace saccade {

LinearImpl::LinearImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias,
                       at::Device device) {
  weight = register_parameter("weight", torch::empty({outputs, inputs}, device));
  if (with_bias) bias = register_parameter("bias", torch::empty({outputs}, device));
}

at::Tensor LinearImpl::forward(const at::Tensor& x) const {
  const auto type = product_type(x.scalar_type(), x.device());
  const at::Tensor rows = pad_rows(x.to(type));
  const at::Tensor y =
      at::linear(rows, weight.to(type), bias.defined() ? bias.to(type) : bias).to(x.scalar_type());
  return rows.size(0) == x.size(0) ? y : y.narrow(0, 0, x.size(0));
}

}  // namespace saccade
