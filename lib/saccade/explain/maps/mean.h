#pragma once

#include <numeric>
#include <vector>

namespace saccade {

/// @return 0 of nothing.
inline double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

}  // namespace saccade
