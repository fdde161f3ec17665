#include "other_device.h"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

namespace saccade::test {
namespace {

// LibTorch has a name and a place for this kind, and Debian's none of its operators.
constexpr auto kType = at::DeviceType::XPU;
constexpr std::uintptr_t kOutOfReach = std::uintptr_t{1} << 50;

/// From an address here to that on the device, and back.
void* across(const void* address) {
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) ^ kOutOfReach);
}

at::Tensor empty(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType type) {
  const caffe2::TypeMeta meta = c10::scalarTypeToTypeMeta(type);
  const std::size_t bytes = at::detail::computeStorageNbytes(sizes, strides, meta.itemsize());
  void* own = std::malloc(bytes + 1);
  c10::DataPtr memory(across(own), own, &std::free, at::Device(kType, 0));
  c10::Storage storage(c10::Storage::use_byte_size_t(), bytes, std::move(memory),
                       /*allocator=*/nullptr, /*resizable=*/false);
  at::Tensor made = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(c10::DispatchKey::XPU), meta);
  made.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return made;
}

/// The same numbers, where the processor reaches them.
at::Tensor here(const at::Tensor& x) {
  if (!x.defined() || x.device().type() != kType) return x;
  auto* storage = static_cast<char*>(across(x.storage().data_ptr().get()));
  if (x.numel() == 0) return at::empty(x.sizes(), at::TensorOptions(x.scalar_type()));
  return at::from_blob(storage + static_cast<std::size_t>(x.storage_offset()) * x.itemsize(),
                       x.sizes(), x.strides(), at::TensorOptions(x.scalar_type()));
}

/// A copy on the device.
at::Tensor there(const at::Tensor& x) {
  if (!x.defined()) return x;
  const at::Tensor dense = x.is_non_overlapping_and_dense() ? x : x.contiguous();
  at::Tensor copy = empty(dense.sizes(), dense.strides(), dense.scalar_type());
  here(copy).copy_(dense);
  return copy;
}

/// What an operator has made of an empty tensor that it was to write into.
void take_shape(const at::Tensor& written, const at::Tensor& result) {
  if (written.sizes() == result.sizes()) return;
  const at::Tensor copy = there(result);
  written.unsafeGetTensorImpl()->set_storage_keep_dtype(copy.storage());
  written.unsafeGetTensorImpl()->set_sizes_and_strides(copy.sizes(), copy.strides());
}

/// Numbers without a dimension may come from the processor, as on a GPU.
at::Tensor taken_here(const at::Tensor& x, const c10::OperatorHandle& op) {
  if (x.defined() && x.device().type() != kType && x.dim() > 0) {
    throw std::invalid_argument(op.schema().name() + " was given tensors of two devices");
  }
  return here(x);
}

c10::IValue argument_here(const c10::IValue& value, const c10::OperatorHandle& op) {
  if (value.isTensor()) return taken_here(value.toTensor(), op);
  if (value.isDevice()) return at::Device(at::kCPU);
  if (value.isGenerator()) {
    throw std::invalid_argument(op.schema().name() + " was given the processor's generator");
  }
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& x : value.toTensorVector()) list.push_back(taken_here(x, op));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<c10::optional<at::Tensor>> list;
    for (const c10::optional<at::Tensor>& x : value.toOptionalTensorVector()) {
      list.push_back(x ? c10::optional<at::Tensor>(taken_here(*x, op)) : c10::nullopt);
    }
    return list;
  }
  return value;
}

c10::IValue result_there(const c10::IValue& value) {
  if (value.isTensor()) return there(value.toTensor());
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& x : value.toTensorVector()) list.push_back(there(x));
    return list;
  }
  return value;
}

/// Any operator of the device. What it writes into is the caller's tensor, which it gives back.
void compute_here(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& arguments = op.schema().arguments();
  const auto& returns = op.schema().returns();
  const std::size_t first = stack->size() - arguments.size();
  const std::vector<c10::IValue> given(stack->begin() + static_cast<std::ptrdiff_t>(first),
                                       stack->end());
  // LibTorch reads the tensors that several outputs are written into after it takes the arguments
  // from the stack, so they must have another owner.
  std::vector<c10::IValue> held;
  for (std::size_t i = 0; i < given.size(); ++i) {
    held.push_back(argument_here(given[i], op));
    (*stack)[first + i] = held.back();
  }
  op.callBoxed(stack);
  for (std::size_t r = 0; r < returns.size(); ++r) {
    c10::IValue& result = (*stack)[stack->size() - returns.size() + r];
    const auto* alias = returns[r].alias_info();
    if (alias == nullptr) {
      result = result_there(result);
      continue;
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (arguments[i].alias_info() == nullptr || !(*arguments[i].alias_info() == *alias)) continue;
      take_shape(given[i].toTensor(), result.toTensor());
      result = given[i];
    }
  }
}

at::Tensor empty_in_format(at::IntArrayRef sizes, c10::optional<at::ScalarType> type,
                           c10::optional<at::Layout>, c10::optional<at::Device>,
                           c10::optional<bool>, c10::optional<at::MemoryFormat> format) {
  const at::Tensor like = at::empty(
      sizes, at::TensorOptions(at::kMeta).dtype(type.value_or(at::kFloat)).memory_format(format));
  return empty(sizes, like.strides(), like.scalar_type());
}

at::Tensor empty_with_strides(at::IntArrayRef sizes, at::IntArrayRef strides,
                              c10::optional<at::ScalarType> type, c10::optional<at::Layout>,
                              c10::optional<at::Device>, c10::optional<bool>) {
  return empty(sizes, strides, type.value_or(at::kFloat));
}

/// Between the sides or on one, the only way across.
at::Tensor& copy_across(at::Tensor& to, const at::Tensor& from, bool) {
  here(to).copy_(here(from));
  return to;
}

/// What serialization looks at a tensor's whole memory with.
at::Tensor& set_storage(at::Tensor& x, at::Storage storage, std::int64_t offset,
                        at::IntArrayRef sizes, at::IntArrayRef strides) {
  x.unsafeGetTensorImpl()->set_storage_keep_dtype(std::move(storage));
  x.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides, offset);
  return x;
}

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight,
                       const c10::optional<at::Tensor>& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, std::int64_t groups) {
  const at::Tensor own_bias = bias ? here(*bias) : at::Tensor();
  return there(at::convolution(here(input), here(weight), own_bias, stride, padding, dilation,
                               transposed, output_padding, groups));
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_gradient(
    const at::Tensor& d_output, const at::Tensor& input, const at::Tensor& weight,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
    at::IntArrayRef output_padding, std::int64_t groups, std::array<bool, 3> wanted) {
  const std::vector<std::int64_t> bias_sizes{weight.size(0)};
  const auto d =
      at::convolution_backward(here(d_output), here(input), here(weight), bias_sizes, stride,
                               padding, dilation, transposed, output_padding, groups, wanted);
  return {there(std::get<0>(d)), there(std::get<1>(d)), there(std::get<2>(d))};
}

TORCH_LIBRARY_IMPL(_, XPU, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute_here>());
}

TORCH_LIBRARY_IMPL(aten, XPU, library) {
  library.impl("empty.memory_format", empty_in_format);
  library.impl("empty_strided", empty_with_strides);
  library.impl("copy_", copy_across);
  library.impl("as_strided", at::native::as_strided_tensorimpl);
  library.impl("view", at::native::view);
  library.impl("_reshape_alias", at::native::_reshape_alias);
  library.impl("set_.source_Storage_storage_offset", set_storage);
  library.impl("convolution_overrideable", convolution);
  library.impl("convolution_backward_overrideable", convolution_gradient);
}

C10_REGISTER_GUARD_IMPL(XPU, c10::impl::NoOpDeviceGuardImpl<kType>);

}  // namespace

at::Device other_device() { return {kType, 0}; }

}  // namespace saccade::test
