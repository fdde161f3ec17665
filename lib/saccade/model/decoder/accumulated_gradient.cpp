#include "saccade/model/decoder/accumulated_gradient.h"

#include <utility>

#include <ATen/ATen.h>
#include <torch/autograd.h>

#include "saccade/model/decoder/linear.h"
#include "saccade/model/device.h"

namespace saccade {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using Parts = c10::intrusive_ptr<GradientAccumulator>;

constexpr char kParts[] = "parts", kRows[] = "rows";

/// The rows that `order` lists, in that order.
at::Tensor listed(const at::Tensor& x, const std::vector<std::int64_t>& order) {
  return x.index_select(0, at::tensor(order, at::kLong).to(x.device()));
}

/// Makes the token. Its backward pass runs after those of all operations that use the token, and
/// returns the operand's gradient.
struct Gather : Function<Gather> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& value, const Parts& parts) {
    context->set_materialize_grads(false);
    keep(context, parts);
    return at::zeros({}, value.options());
  }
  static variable_list backward(AutogradContext* context, const variable_list&) {
    return {saved_accumulator(context)->take(), {}};
  }
};

// The operations, as autograd functions of an input and a token.

/// x m: R×N, N×M → R×M, in the type of x.
at::Tensor times(const at::Tensor& x, const at::Tensor& m) {
  const auto type = product_type(x.scalar_type(), x.device());
  return at::mm(pad_rows(x.to(type)), m.to(type)).narrow(0, 0, x.size(0)).to(x.scalar_type());
}

/// leftᵀ right: R×N, R×M → N×M, in their type.
at::Tensor transposed_times(const at::Tensor& left, const at::Tensor& right) {
  const auto type = product_type(left.scalar_type(), left.device());
  return at::mm(pad_rows(left.to(type)).t(), pad_rows(right.to(type))).to(left.scalar_type());
}

struct Product : Function<Product> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*token*/, const at::Tensor& weight,
                            const Parts& parts) {
    context->save_for_backward({x, weight});
    keep(context, parts);
    return times(x, weight.t());
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    const auto saved = context->get_saved_variables();
    if (context->needs_input_grad(1)) saved_accumulator(context)->note(d[0], saved[0]);
    return {times(d[0], saved[1]), {}, {}, {}};
  }
};

/// Each row times the matrix of its image: R×L, B×L×D → R×D; or times its transpose:
/// R×D, B×L×D → R×L.
at::Tensor times(const at::Tensor& x, const at::Tensor& matrices, const ImageRows& rows,
                 bool transposed) {
  const std::int64_t B = matrices.size(0), R = x.size(0);
  const at::Tensor m = transposed ? matrices.transpose(1, 2) : matrices;
  if (rows.is_even()) {
    const OperatorThreads one(1);  // BLAS rounds differently with several
    return at::bmm(x.view({B, R / B, -1}), m).view({R, -1});
  }
  const at::Tensor sorted = listed(x, rows.order());
  at::Tensor products = at::empty({R, m.size(2)}, x.options());
  for (std::int64_t b = 0; b < B; ++b) {
    if (rows.count(b) == 0) continue;
    at::Tensor own = products.narrow(0, rows.begin(b), rows.count(b));
    at::mm_out(own, sorted.narrow(0, rows.begin(b), rows.count(b)), m[b]);
  }
  std::vector<std::int64_t> place(rows.order().size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    place[static_cast<std::size_t>(rows.order()[i])] = static_cast<std::int64_t>(i);
  }
  return listed(products, place);
}

template <bool kTransposed>
struct ProductByImage : Function<ProductByImage<kTransposed>> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& /*token*/, const at::Tensor& matrices,
                            const Parts& parts, const ImageRowsPtr& rows) {
    context->save_for_backward({x, matrices});
    keep(context, parts, rows);
    return times(x, matrices, *rows, kTransposed);
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &matrices = saved[1];
    const ImageRowsPtr rows = saved_rows(context);
    const at::Tensor d_product = d[0].contiguous();
    if (context->needs_input_grad(1)) {
      saved_accumulator(context)->note(kTransposed ? d_product : x, kTransposed ? x : d_product,
                                       rows);
    }
    return {times(d_product, matrices, *rows, !kTransposed), {}, {}, {}, {}};
  }
};

template <bool kTransposed>
at::Tensor product_by_image(const at::Tensor& x, const AccumulatedOperand& matrices,
                            const ImageRowsPtr& rows) {
  if (!at::GradMode::is_enabled()) {
    return times(x.contiguous(), matrices.value(), *rows, kTransposed);
  }
  const AccumulatedOperand own =
      matrices.parts() ? matrices : AccumulatedOperand::gathered(matrices.value());
  return ProductByImage<kTransposed>::apply(x.contiguous(), own.token(), own.value().detach(),
                                            own.parts(), rows);
}

/// Selects rows of the stacked matrices: B×L×D viewed as (B·L)×D, N indices → N×D.
struct Chosen : Function<Chosen> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& /*token*/,
                            const at::Tensor& matrices, const at::Tensor& index,
                            const Parts& parts) {
    context->save_for_backward({index});
    keep(context, parts);
    return matrices.flatten(0, 1).index_select(0, index);
  }
  static variable_list backward(AutogradContext* context, const variable_list& d) {
    if (context->needs_input_grad(0)) {
      at::Tensor sum = saved_accumulator(context)->sum(d[0].options()).flatten(0, 1);
      sum.index_add_(0, context->get_saved_variables()[0], d[0]);
    }
    return {{}, {}, {}, {}};
  }
};

/// leftᵀ right over the rows of each image: R×N, R×M → B×N×M.
at::Tensor products_by_image(const at::Tensor& left, const at::Tensor& right,
                             const ImageRows& rows) {
  const at::Tensor l = listed(left, rows.order()), r = listed(right, rows.order());
  at::Tensor products = at::zeros({rows.images(), left.size(1), right.size(1)}, left.options());
  for (std::int64_t b = 0; b < rows.images(); ++b) {
    if (rows.count(b) == 0) continue;
    at::Tensor own = products[b];
    at::mm_out(own, l.narrow(0, rows.begin(b), rows.count(b)).t(),
               r.narrow(0, rows.begin(b), rows.count(b)));
  }
  return products;
}

}  // namespace

void keep(AutogradContext* context, const Parts& parts, const ImageRowsPtr& rows) {
  if (parts) context->saved_data[kParts] = c10::IValue::make_capsule(parts);
  if (rows) context->saved_data[kRows] = c10::IValue::make_capsule(rows);
}

Parts saved_accumulator(AutogradContext* context) {
  return c10::static_intrusive_pointer_cast<GradientAccumulator>(
      context->saved_data[kParts].toCapsule());
}

ImageRowsPtr saved_rows(AutogradContext* context) {
  return c10::static_intrusive_pointer_cast<ImageRows>(context->saved_data[kRows].toCapsule());
}

void GradientAccumulator::note(const at::Tensor& left, const at::Tensor& right,
                               const ImageRowsPtr& rows) {
  left_.push_back(left);
  right_.push_back(right);
  if (rows) of_row_.insert(of_row_.end(), rows->of_row().begin(), rows->of_row().end());
}

at::Tensor& GradientAccumulator::sum(const at::TensorOptions& options) {
  if (!sum_.defined()) sum_ = at::zeros(sizes_, options);
  return sum_;
}

at::Tensor GradientAccumulator::take() {
  at::Tensor gradient = std::exchange(sum_, {});
  if (!left_.empty()) {
    const at::Tensor left = at::cat(left_), right = at::cat(right_);
    const at::Tensor products =
        of_row_.empty()
            ? transposed_times(left, right)
            : products_by_image(left, right, ImageRows(std::exchange(of_row_, {}), sizes_.front()));
    gradient = gradient.defined() ? gradient + products : products;
  }
  left_.clear();
  right_.clear();
  return gradient;
}

AccumulatedOperand AccumulatedOperand::gathered(const at::Tensor& value) {
  AccumulatedOperand operand(value);
  if (!value.defined() || !at::GradMode::is_enabled()) return operand;
  if (!value.requires_grad()) {
    operand.token_ = at::zeros({}, value.options());
    return operand;
  }
  operand.parts_ = c10::make_intrusive<GradientAccumulator>(value.sizes());
  operand.token_ = Gather::apply(value, operand.parts_);
  return operand;
}

at::Tensor product(const at::Tensor& x, const AccumulatedOperand& weight) {
  if (!weight.parts()) return times(x, weight.value().t());
  return Product::apply(x, weight.token(), weight.value().detach(), weight.parts());
}

at::Tensor weighted_sum(const at::Tensor& alpha, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows) {
  return product_by_image<false>(alpha, values, rows);
}

at::Tensor inner_products(const at::Tensor& h, const AccumulatedOperand& values,
                          const ImageRowsPtr& rows) {
  return product_by_image<true>(h, values, rows);
}

at::Tensor chosen_cells(const at::Tensor& cells, const AccumulatedOperand& values,
                        const ImageRowsPtr& rows) {
  const at::Tensor& all = values.value();
  const at::Tensor image = at::tensor(rows->of_row(), at::kLong).to(cells.device());
  const at::Tensor index = image * all.size(1) + cells;
  if (!at::GradMode::is_enabled()) return all.flatten(0, 1).index_select(0, index);
  const AccumulatedOperand own = values.parts() ? values : AccumulatedOperand::gathered(all);
  return Chosen::apply(own.token(), own.value().detach(), index, own.parts());
}

}  // namespace saccade
