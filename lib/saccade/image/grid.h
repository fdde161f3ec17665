#pragma once

#include <cstdint>

namespace saccade {

/// The cells of an annotation grid, in row-major order: cell i lies in row i / cols, column i %
/// cols. It travels with the features; nobody takes a square root of L.
struct Grid {
  std::int64_t rows = 0;
  std::int64_t cols = 0;

  std::int64_t cells() const { return rows * cols; }  ///< L
  bool operator==(const Grid& other) const { return rows == other.rows && cols == other.cols; }
  bool operator!=(const Grid& other) const { return !(*this == other); }
};

}  // namespace saccade
