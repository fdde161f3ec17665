#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The k most probable words of each row, in decreasing order; ties by increasing id.
struct TopK {
  std::int64_t k = 0;             ///< at most V
  std::vector<std::int64_t> ids;  ///< R×k; −1 where fewer than k words of a row have log p > −∞
  std::vector<float> log_p;       ///< R×k; −∞ there
};

/// @param log_p  R×V, float
TopK top_k(const at::Tensor& log_p, std::int64_t k);

}  // namespace saccade
