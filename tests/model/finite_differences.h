#pragma once

#include <functional>

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/utils.h>

namespace saccade::test {

/// Compares ∂f/∂x with central differences at every element of x, in double precision.
inline void expect_gradient(const std::function<at::Tensor()>& f, at::Tensor x,
                            const std::string& name) {
  ASSERT_EQ(x.scalar_type(), at::kDouble);
  const at::Tensor gradient = torch::autograd::grad({f()}, {x})[0].contiguous();
  torch::NoGradGuard no_gradient;
  constexpr double kStep = 1e-6;
  double* value = x.data_ptr<double>();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double kept = value[i];
    value[i] = kept + kStep;
    const double above = f().item<double>();
    value[i] = kept - kStep;
    const double below = f().item<double>();
    value[i] = kept;
    const double expected = (above - below) / (2 * kStep);
    ASSERT_NEAR(gradient.data_ptr<double>()[i], expected, 1e-6 + 1e-6 * std::abs(expected))
        << name << ", element " << i;
  }
}

}  // namespace saccade::test
