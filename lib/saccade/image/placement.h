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

/// A rectangle in pixels; (x, y) is its upper left corner. The upper left corner of the image is
/// (0, 0).
struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
};

/// A rectangle of whole pixels in an image.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;
};

/// The placement of the encoder's square input in the original image, as an affine map
///   original = input · scale + offset, per axis, in pixels.
/// With `pad`, the input extends beyond the image; with `center_crop`, it covers only a part of it.
struct Placement {
  int original_width = 0;
  int original_height = 0;
  int input_size = 0;  ///< S: the encoder's input is S×S
  double scale_x = 1, scale_y = 1;
  double offset_x = 0, offset_y = 0;

  /// The rectangle of the original that the input covers; may extend beyond the image.
  Rect input_rect() const;
  /// The rectangle of the original that cell (row, col) of `grid` covers; may extend beyond the
  /// image. The grid divides the input evenly.
  Rect cell_rect(const Grid& grid, std::int64_t row, std::int64_t col) const;
};

}  // namespace saccade
