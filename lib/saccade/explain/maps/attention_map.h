#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/explain/maps/upsampling.h"
#include "saccade/image/placement.h"

namespace saccade {

/// Attention over the pixels of the original image, positioned by its Placement.
///
/// Values are in units of α (the share of a cell), not per pixel. Smoothing lowers peaks;
/// maximum() is the highest value after smoothing.
class AttentionMap {
 public:
  /// The σ of the Gaussian is 20 pixels for an input of 224, as in the code of Xu et al. 2015,
  /// and scales with the input size. It is at least half a cell, so that the cells of a coarse grid
  /// do not show.
  /// @param attention  α, one value ≥ 0 per cell, row-major.
  /// @throws std::invalid_argument for sizes that do not match or are not positive, and for a value
  ///         that is negative or not finite.
  AttentionMap(const std::vector<float>& attention, const Grid& grid, const Placement& placement,
               Upsampling upsampling);

  float maximum() const { return maximum_; }
  const Placement& placement() const { return placement_; }

  /// The map over the whole image, scaled to width × height, row-major. 0 where the image lies
  /// outside the encoder's input.
  /// @throws std::invalid_argument for a size below 1.
  std::vector<float> sample(int width, int height) const;

 private:
  friend class MapRows;
  Placement placement_;
  bool smooth_ = true;  // interpolate between values; else take the nearest
  int rows_ = 0, cols_ = 0;
  std::vector<float> values_;  // rows_ × cols_ over the encoder's input
  float maximum_ = 0;
};

/// Samples an AttentionMap row by row over the image scaled to width × height, so that a large
/// image needs no second image of floats.
class MapRows {
 public:
  /// The map must outlive this object. @throws std::invalid_argument for a size below 1.
  MapRows(const AttentionMap& map, int width, int height);

  /// Writes the `width` values of row y.
  void row(int y, float* out) const;
  /// Whether this column or row of the scaled image lies within the encoder's input.
  bool saw_column(int x) const { return columns_[std::size_t(x)].seen; }
  bool saw_row(int y) const { return rows_[std::size_t(y)].seen; }

 private:
  struct Tap {
    int low = 0, high = 0;  // indices of the two neighboring values
    float share = 0;        // weight of `high`, 0…1
    bool seen = false;      // within the encoder's input
  };
  static std::vector<Tap> taps(int out, int original, double offset, double scale, int input,
                               int cells, bool smooth);

  const AttentionMap& map_;
  std::vector<Tap> columns_, rows_;
};

}  // namespace saccade
