#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The k likeliest words of each row, the likeliest first; of equals the lower id first.
struct TopK {
  std::int64_t k = 0;
  std::vector<std::int64_t> ids;  ///< R×k; −1 where a row has fewer words that are possible at all
  std::vector<float> log_p;       ///< R×k; −∞ there
};

/// @param log_p  R×V, float. On a GPU, which of several equal words come last is the device's
/// choice.
TopK top_k(const at::Tensor& log_p, std::int64_t k);

}  // namespace saccade
