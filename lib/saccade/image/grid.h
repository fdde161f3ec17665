#pragma once

#include <cstdint>

namespace saccade {

/// The shape of an annotation grid. Cells are in row-major order: cell i is in row i / cols and
/// column i % cols. The grid is passed along with the features, never derived from L.
struct Grid {
  std::int64_t rows = 0;
  std::int64_t cols = 0;

  std::int64_t cells() const { return rows * cols; }  ///< L
  bool operator==(const Grid& other) const { return rows == other.rows && cols == other.cols; }
  bool operator!=(const Grid& other) const { return !(*this == other); }
};

}  // namespace saccade
