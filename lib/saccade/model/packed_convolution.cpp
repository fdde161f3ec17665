#include "saccade/model/packed_convolution.h"

#include <optional>
#include <vector>

#include <ATen/core/dispatch/Dispatcher.h>

namespace saccade {
namespace {

using Operator = std::optional<c10::OperatorHandle>;

/// Finds by name an operator that LibTorch's headers do not declare.
Operator find(const char* name) {
  const auto found = c10::Dispatcher::singleton().findSchema({name, ""});
  return found ? Operator(*found) : Operator();
}

const Operator& packer() {
  static const Operator found = find("mkldnn_prepacked::conv2d_prepack");
  return found;
}

const Operator& runner() {
  static const Operator found = find("mkldnn_prepacked::conv2d_run");
  return found;
}

at::IValue call(const c10::OperatorHandle& op, torch::jit::Stack stack) {
  op.callBoxed(&stack);
  return std::move(stack.front());
}

}  // namespace

std::shared_ptr<const PackedConvolution> PackedConvolution::pack(const at::Tensor& weight,
                                                                 const at::Tensor& bias,
                                                                 const Geometry& geometry,
                                                                 at::IntArrayRef input, bool relu) {
  if (!packer() || !runner()) return nullptr;
  const auto pair = [](std::int64_t value) { return std::vector<std::int64_t>{value, value}; };
  torch::jit::Stack stack{weight,
                          bias.defined() ? at::IValue(bias) : at::IValue(),
                          pair(geometry.stride),
                          pair(geometry.padding),
                          pair(geometry.dilation),
                          geometry.groups,
                          input.vec(),
                          relu ? "relu" : "none"};
  return std::shared_ptr<const PackedConvolution>(
      new PackedConvolution(call(*packer(), std::move(stack))));
}

at::Tensor PackedConvolution::forward(const at::Tensor& input) const {
  return call(*runner(), {input, context_}).toTensor();
}

}  // namespace saccade
