#pragma once

#include <vector>

#include <torch/autograd.h>

namespace saccade::test {

/// The gradient of a value with respect to all parameters, as one vector, with zeros for unused
/// parameters. Keeps the graph.
inline at::Tensor flat_gradient(const at::Tensor& value,
                                const std::vector<at::Tensor>& parameters) {
  const auto gradients = torch::autograd::grad({value}, parameters, {}, /*retain_graph=*/true,
                                               false, /*allow_unused=*/true);
  std::vector<at::Tensor> flat;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor& gradient = gradients[i];
    flat.push_back((gradient.defined() ? gradient : at::zeros_like(parameters[i])).reshape({-1}));
  }
  return at::cat(flat);
}

}  // namespace saccade::test
