#include "saccade/model/decoder/pad_rows.h"

#include <ATen/ATen.h>

namespace saccade {

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
