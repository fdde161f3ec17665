#include "saccade/model/decoder/lstm_cell.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>

#include "saccade/model/decoder/lstm_kernel.h"

namespace saccade {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kRowsPerThread = 16;
constexpr char kSums[] = "sums";

template <typename T>
T* numbers(const at::Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

struct Forward {
  at::Tensor h, c, gates;
};

template <typename T>
Forward forward_cpu(const LstmRowKernel<T>& kernel, const variable_list& sums,
                    const at::Tensor& c) {
  const std::int64_t R = c.size(0), H = c.size(1);
  Forward out{at::empty({R, H}, sums.front().options()), at::empty_like(c),
              at::empty({R, 4 * H}, c.options())};
  const auto n = static_cast<int>(sums.size());
  at::parallel_for(0, R, kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
    std::vector<const T*> rows(sums.size());
    for (std::int64_t r = begin; r < end; ++r) {
      for (std::size_t k = 0; k < sums.size(); ++k) rows[k] = numbers<T>(sums[k]) + r * 4 * H;
      kernel.forward(rows.data(), n, numbers<float>(c) + r * H, H,
                     numbers<float>(out.gates) + r * 4 * H, numbers<float>(out.c) + r * H,
                     numbers<T>(out.h) + r * H);
    }
  });
  return out;
}

/// @return the gradients of a sum and of c
template <typename T>
std::pair<at::Tensor, at::Tensor> backward_cpu(const LstmRowKernel<T>& kernel,
                                               const at::Tensor& gates, const at::Tensor& c,
                                               const at::Tensor& c_next, const at::Tensor& d_h,
                                               const at::Tensor& d_c_next) {
  const std::int64_t R = c.size(0), H = c.size(1);
  at::Tensor d_sums = at::empty({R, 4 * H}, d_h.options()), d_c = at::empty_like(c);
  at::parallel_for(0, R, kRowsPerThread, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      kernel.backward(numbers<float>(gates) + r * 4 * H, numbers<float>(c) + r * H,
                      numbers<float>(c_next) + r * H, numbers<T>(d_h) + r * H,
                      numbers<float>(d_c_next) + r * H, H, numbers<T>(d_sums) + r * 4 * H,
                      numbers<float>(d_c) + r * H);
    }
  });
  return {d_sums, d_c};
}

Forward forward(const variable_list& sums, const at::Tensor& c) {
  return sums.front().scalar_type() == at::kFloat ? forward_cpu(lstm_kernel().fp32, sums, c)
                                                  : forward_cpu(lstm_kernel().bf16, sums, c);
}

struct Cell : torch::autograd::Function<Cell> {
  template <typename... Sums>
  static variable_list forward(AutogradContext* context, const at::Tensor& c, const Sums&... sums) {
    const Forward out = saccade::forward({sums...}, c);
    context->save_for_backward({out.gates, c, out.c});
    context->saved_data[kSums] = static_cast<std::int64_t>(sizeof...(Sums));
    return {out.h, out.c};
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &gates = saved[0], &c = saved[1], &c_next = saved[2];
    const at::Tensor d_h = d[0].contiguous(), d_c_next = d[1].contiguous();
    const auto [d_sum, d_c] =
        d_h.scalar_type() == at::kFloat
            ? backward_cpu(lstm_kernel().fp32, gates, c, c_next, d_h, d_c_next)
            : backward_cpu(lstm_kernel().bf16, gates, c, c_next, d_h, d_c_next);
    variable_list gradients{d_c};
    gradients.resize(1 + static_cast<std::size_t>(context->saved_data[kSums].toInt()), d_sum);
    return gradients;
  }
};

bool has_kernel(const at::Tensor& sum, const at::Tensor& c) {
  const auto type = sum.scalar_type();
  return sum.is_cpu() && c.scalar_type() == at::kFloat &&
         (type == at::kFloat || type == at::kBFloat16);
}

LstmState composed(const std::vector<at::Tensor>& sums, const at::Tensor& c) {
  at::Tensor sum = sums.front().to(c.scalar_type());
  for (std::size_t k = 1; k < sums.size(); ++k) sum = sum + sums[k].to(c.scalar_type());
  const auto gates = sum.chunk(4, 1);
  const at::Tensor c_next = at::sigmoid(gates[1]) * c + at::sigmoid(gates[0]) * at::tanh(gates[2]);
  return {(at::sigmoid(gates[3]) * at::tanh(c_next)).to(sums.front().scalar_type()), c_next};
}

}  // namespace

LstmState lstm_cell(const std::vector<at::Tensor>& sums, const at::Tensor& c) {
  if (!has_kernel(sums.front(), c)) return composed(sums, c);
  variable_list own;
  for (const at::Tensor& sum : sums) own.push_back(sum.contiguous());
  const at::Tensor cell = c.contiguous();
  if (!at::GradMode::is_enabled()) {
    const Forward out = forward(own, cell);
    return {out.h, out.c};
  }
  const variable_list out = own.size() == 2 ? Cell::apply(cell, own[0], own[1])
                                            : Cell::apply(cell, own[0], own[1], own[2]);
  return {out[0], out[1]};
}

}  // namespace saccade
