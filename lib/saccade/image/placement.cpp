#include "saccade/image/placement.h"

namespace saccade {

Rect Placement::input_rect() const {
  return {offset_x, offset_y, scale_x * input_size, scale_y * input_size};
}

Rect Placement::cell_rect(const Grid& grid, std::int64_t row, std::int64_t col) const {
  const Rect all = input_rect();
  const double width = all.width / double(grid.cols);
  const double height = all.height / double(grid.rows);
  return {all.x + width * double(col), all.y + height * double(row), width, height};
}

}  // namespace saccade
