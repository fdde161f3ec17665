#include "saccade/model/decoder/linear.h"

#include <vector>

#include <ATen/ATen.h>
#include <torch/types.h>

#include "saccade/model/device.h"

namespace saccade {

LinearImpl::LinearImpl(std::int64_t inputs, std::int64_t outputs, bool with_bias,
                       at::Device device) {
  weight = register_parameter("weight", torch::empty({outputs, inputs}, device));
  if (with_bias) bias = register_parameter("bias", torch::empty({outputs}, device));
}

void LinearImpl::pack() {
  constexpr std::int64_t kUsualRows = 48;  // 16 images of 3 beams
  const std::int64_t outputs = weight.size(0), inputs = weight.size(1);
  if (!weight.is_cpu() || weight.scalar_type() != at::kFloat) return;
  sums_rows_ = outputs == 1;
  if (sums_rows_) return;
  packed_ = PackedConvolution::pack(weight.detach().contiguous().view({outputs, inputs, 1, 1}),
                                    bias.defined() ? bias.detach() : bias, {},
                                    {1, inputs, 1, kUsualRows}, /*relu=*/false);
}

bool LinearImpl::is_packed_for(const at::Tensor& x) const {
  return (packed_ || sums_rows_) && x.is_cpu() && x.scalar_type() == at::kFloat &&
         !at::GradMode::is_enabled();
}

at::Tensor LinearImpl::forward(const at::Tensor& x) const {
  if (is_packed_for(x) && sums_rows_) {
    const at::Tensor y = (x * weight[0]).sum(-1, /*keepdim=*/true);
    return bias.defined() ? y + bias : y;
  }
  if (is_packed_for(x)) {
    // The rows become the pixels of an image with channels last.
    const at::Tensor image = x.contiguous().view({1, 1, -1, x.size(-1)}).permute({0, 3, 1, 2});
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    return packed_->forward(image).permute({0, 2, 3, 1}).reshape(sizes);
  }
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
