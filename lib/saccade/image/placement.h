#pragma once

#include "saccade/image/grid.h"

namespace saccade {

/// A rectangle in pixels; x and y are those of its upper left corner, which is 0, 0 for the image.
struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
};

/// A rectangle of whole pixels within an image.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;
};

/// Where the encoder's square input lies in the original photograph: the affine map
///   original = input · scale + offset, per axis, in pixels.
/// For `pad` the input reaches beyond the photograph, for `center_crop` it covers only a part.
struct Placement {
  int original_width = 0;
  int original_height = 0;
  int input_size = 0;  ///< S: the encoder's input is S×S
  double scale_x = 1, scale_y = 1;
  double offset_x = 0, offset_y = 0;

  /// The rectangle of the original that the whole input covers; may reach beyond the photograph.
  Rect input_rect() const;
  /// The rectangle of cell (row, col) of `grid` in the original; may reach beyond the photograph.
  /// The grid is taken to divide the input evenly.
  Rect cell_rect(const Grid& grid, std::int64_t row, std::int64_t col) const;
};

}  // namespace saccade
