#include "saccade/image/box.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace saccade {
namespace {

std::optional<Box> clipped(Box box) {
  box.left = std::max(box.left, 0.0);
  box.top = std::max(box.top, 0.0);
  box.right = std::min(box.right, 1.0);
  box.bottom = std::min(box.bottom, 1.0);
  if (!(box.left < box.right && box.top < box.bottom)) return std::nullopt;
  return box;
}

/// The positions from 0 to 1 along one axis at which the coverage may change.
template <typename Low, typename High>
std::vector<double> borders(const std::vector<Box>& boxes, std::int64_t cells, Low low, High high) {
  std::vector<double> at;
  for (std::int64_t i = 0; i <= cells; ++i) at.push_back(double(i) / double(cells));
  for (const Box& box : boxes) {
    at.push_back(std::clamp(low(box), 0.0, 1.0));
    at.push_back(std::clamp(high(box), 0.0, 1.0));
  }
  std::sort(at.begin(), at.end());
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

std::int64_t cell_at(double share, std::int64_t cells) {
  return std::min(cells - 1, std::int64_t(std::floor(share * double(cells))));
}

}  // namespace

std::optional<Box> within(const Box& box, const Box& part) {
  const double width = part.right - part.left, height = part.bottom - part.top;
  return clipped({(box.left - part.left) / width, (box.top - part.top) / height,
                  (box.right - part.left) / width, (box.bottom - part.top) / height, box.score});
}

Box mirrored(const Box& box) {
  return {1 - box.right, box.top, 1 - box.left, box.bottom, box.score};
}

std::optional<Box> on_input(const Box& box, const Placement& placement) {
  const Rect input = placement.input_rect();
  const double width = placement.original_width, height = placement.original_height;
  return within(box, {input.x / width, input.y / height, (input.x + input.width) / width,
                      (input.y + input.height) / height});
}

std::vector<double> cell_cover(const std::vector<Box>& boxes, const Grid& grid) {
  std::vector<double> cover(std::size_t(grid.cells()), 0);
  if (boxes.empty()) return cover;
  const auto xs = borders(
      boxes, grid.cols, [](const Box& box) { return box.left; },
      [](const Box& box) { return box.right; });
  const auto ys = borders(
      boxes, grid.rows, [](const Box& box) { return box.top; },
      [](const Box& box) { return box.bottom; });
  for (std::size_t j = 0; j + 1 < ys.size(); ++j) {
    const double y = (ys[j] + ys[j + 1]) / 2;
    for (std::size_t i = 0; i + 1 < xs.size(); ++i) {
      const double x = (xs[i] + xs[i + 1]) / 2;
      double score = 0;
      for (const Box& box : boxes) {
        if (box.contains(x, y)) score = std::max(score, box.score);
      }
      if (score == 0) continue;
      const auto cell = cell_at(y, grid.rows) * grid.cols + cell_at(x, grid.cols);
      cover[std::size_t(cell)] += score * (xs[i + 1] - xs[i]) * (ys[j + 1] - ys[j]);
    }
  }
  for (double& cell : cover) cell *= double(grid.cells());
  return cover;
}

}  // namespace saccade
