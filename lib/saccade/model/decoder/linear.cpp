#include "saccade/model/decoder/linear.h"

#include <ATen/ATen.h>
#include <torch/types.h>

#include "saccade/model/device.h"

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

std::int64_t padded_row_count(std::int64_t rows) {
  std::int64_t unit = 1;
  while (rows > 32 * unit) unit *= 2;
  return (rows + unit - 1) / unit * unit;
}

at::Tensor pad_rows(const at::Tensor& x) {
  if (!x.is_cpu() || x.scalar_type() != at::kBFloat16 || x.dim() != 2) return x;
  const std::int64_t missing = padded_row_count(x.size(0)) - x.size(0);
  return missing == 0 ? x : at::constant_pad_nd(x, {0, 0, 0, missing});
}

}  // namespace saccade
