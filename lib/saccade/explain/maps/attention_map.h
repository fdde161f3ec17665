#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/explain/maps/upsampling.h"
#include "saccade/image/grid.h"
#include "saccade/image/placement.h"

namespace saccade {

/// Attention over the pixels of the original photograph, laid there through its Placement.
///
/// Values are in the units of α (each cell's share), not per pixel. Smoothing lowers peaks:
/// maximum() tells the highest value there is.
class AttentionMap {
 public:
  /// The Gaussian's σ is the paper code's 20 pixels on an input of 224, in proportion for other
  /// sizes, and at least half a cell, so that the cells of a coarse grid do not show.
  /// @param attention  α, one value ≥ 0 per cell, row-major.
  /// @throws std::invalid_argument when the sizes do not agree, are empty, or a value is not
  /// finite.
  AttentionMap(const std::vector<float>& attention, const Grid& grid, const Placement& placement,
               Upsampling upsampling);

  float maximum() const { return maximum_; }
  const Placement& placement() const { return placement_; }

  /// The map over the whole photograph, scaled to width × height, row-major. 0 where the photograph
  /// lies outside the encoder's input.
  std::vector<float> sample(int width, int height) const;

 private:
  friend class MapRows;
  Placement placement_;
  bool smooth_ = true;  // between the values, or the nearest of them
  int rows_ = 0, cols_ = 0;
  std::vector<float> values_;  // rows_ × cols_ over the encoder's input
  float maximum_ = 0;
};

/// An AttentionMap over the photograph scaled to width × height, row by row: a photograph of any
/// size needs no second picture of floats.
class MapRows {
 public:
  /// The map must outlive this object. @throws std::invalid_argument for a size below 1.
  MapRows(const AttentionMap& map, int width, int height);

  /// Writes the `width` values of row y.
  void row(int y, float* out) const;
  /// Whether the encoder saw this column, or row, of the scaled photograph.
  bool saw_column(int x) const { return columns_[std::size_t(x)].seen; }
  bool saw_row(int y) const { return rows_[std::size_t(y)].seen; }

 private:
  struct Tap {
    int low = 0, high = 0;  // the two values it lies between
    float share = 0;        // of the higher one
    bool seen = false;
  };
  static std::vector<Tap> taps(int out, int original, double offset, double scale, int input,
                               int cells, bool smooth);

  const AttentionMap& map_;
  std::vector<Tap> columns_, rows_;
};

}  // namespace saccade
