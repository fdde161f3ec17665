#include "saccade/model/shared_operand.h"

#include <utility>

#include <ATen/ATen.h>
#include <torch/autograd.h>

namespace saccade {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using Parts = c10::intrusive_ptr<GradientParts>;

constexpr char kParts[] = "parts";

/// The K rows of every image by themselves: R×N → B×K×N.
at::Tensor by_image(const at::Tensor& rows, std::int64_t images) {
  return rows.view({images, rows.size(0) / images, rows.size(1)});
}

/// The operand's gradient, when all that took the token are done.
struct Gather : Function<Gather> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& value, const Parts& parts) {
    context->set_materialize_grads(false);
    keep(context, parts);
    return at::zeros({}, value.options());
  }
  static variable_list backward(AutogradContext* context, const variable_list&) {
    return {kept(context)->take(), {}};
  }
};

// The operations, as functions of an input and a token.

struct Product : Function<Product> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*token*/, const at::Tensor& weight,
                            const Parts& parts) {
    context->save_for_backward({x, weight});
    keep(context, parts);
    return at::linear(x, weight);
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    const auto saved = context->get_saved_variables();
    if (context->needs_input_grad(1)) kept(context)->note(d[0], saved[0]);
    return {at::mm(d[0], saved[1]), {}, {}, {}};
  }
};

/// The K rows of every image times its matrix, or times the transpose: R×L, B×L×D → R×D, or
/// R×D, B×L×D → R×L.
at::Tensor times(const at::Tensor& rows, const at::Tensor& matrices, bool transposed) {
  return at::bmm(by_image(rows, matrices.size(0)), transposed ? matrices.transpose(1, 2) : matrices)
      .view({rows.size(0), -1});
}

template <bool kTransposed>
struct ProductByImage : Function<ProductByImage<kTransposed>> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& rows,
                            const at::Tensor& /*token*/, const at::Tensor& matrices,
                            const Parts& parts) {
    context->save_for_backward({rows, matrices});
    keep(context, parts);
    return times(rows, matrices, kTransposed);
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &rows = saved[0], &matrices = saved[1];
    const at::Tensor d_product = d[0].contiguous();
    if (context->needs_input_grad(1)) {
      const std::int64_t B = matrices.size(0);
      const at::Tensor of_rows = by_image(rows, B), of_product = by_image(d_product, B);
      kept(context)->note(kTransposed ? of_product : of_rows, kTransposed ? of_rows : of_product);
    }
    return {times(d_product, matrices, !kTransposed), {}, {}, {}};
  }
};

template <bool kTransposed>
at::Tensor product_by_image(const at::Tensor& rows, const SharedOperand& matrices) {
  if (!matrices.parts()) return times(rows, matrices.value(), kTransposed);
  return ProductByImage<kTransposed>::apply(rows.contiguous(), matrices.token(),
                                            matrices.value().detach(), matrices.parts());
}

/// The steps' rows one after the other, R×N; of images B×ΣK×N, zero where an image was not there.
at::Tensor joined(const std::vector<at::Tensor>& steps, std::int64_t images) {
  if (steps.front().dim() == 2) return at::cat(steps);
  std::int64_t rows = 0;
  for (const at::Tensor& step : steps) rows += step.size(1);
  at::Tensor all = at::zeros({images, rows, steps.front().size(2)}, steps.front().options());
  std::int64_t at = 0;
  for (const at::Tensor& step : steps) {
    all.narrow(0, 0, step.size(0)).narrow(1, at, step.size(1)).copy_(step);
    at += step.size(1);
  }
  return all;
}

}  // namespace

void keep(AutogradContext* context, const Parts& parts) {
  context->saved_data[kParts] = c10::IValue::make_capsule(parts);
}

Parts kept(AutogradContext* context) {
  return c10::static_intrusive_pointer_cast<GradientParts>(context->saved_data[kParts].toCapsule());
}

void GradientParts::note(const at::Tensor& left, const at::Tensor& right) {
  left_.push_back(left);
  right_.push_back(right);
}

at::Tensor& GradientParts::sum(const at::TensorOptions& options) {
  if (!sum_.defined()) sum_ = at::zeros(sizes_, options);
  return sum_;
}

at::Tensor GradientParts::take() {
  at::Tensor gradient = std::exchange(sum_, {});
  if (!left_.empty()) {
    const at::Tensor left = joined(left_, sizes_.front());
    const at::Tensor right = joined(right_, sizes_.front());
    const at::Tensor products = at::matmul(left.transpose(-2, -1), right);
    gradient = gradient.defined() ? gradient + products : products;
  }
  left_.clear();
  right_.clear();
  return gradient;
}

SharedOperand SharedOperand::gathered(const at::Tensor& value) {
  SharedOperand operand(value);
  if (!value.defined() || !value.requires_grad() || !at::GradMode::is_enabled()) return operand;
  operand.parts_ = c10::make_intrusive<GradientParts>(value.sizes());
  operand.token_ = Gather::apply(value, operand.parts_);
  return operand;
}

SharedOperand SharedOperand::first(std::int64_t images) const {
  SharedOperand some = *this;
  if (defined()) some.value_ = value_.narrow(0, 0, images);
  return some;
}

at::Tensor product(const at::Tensor& x, const SharedOperand& weight) {
  if (!weight.parts()) return at::linear(x, weight.value());
  return Product::apply(x, weight.token(), weight.value().detach(), weight.parts());
}

at::Tensor weighted_sum(const at::Tensor& alpha, const SharedOperand& values) {
  return product_by_image<false>(alpha, values);
}

at::Tensor inner_products(const at::Tensor& h, const SharedOperand& values) {
  return product_by_image<true>(h, values);
}

}  // namespace saccade
