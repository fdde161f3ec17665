#pragma once

#include <optional>
#include <vector>

#include "saccade/image/placement.h"

namespace saccade {

/// A rectangle in fractions of the width and height of an image or of the encoder's input:
/// 0 ≤ left < right ≤ 1 and 0 ≤ top < bottom ≤ 1.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double score = 1;  ///< confidence in (0, 1]; 1 for boxes drawn by people

  double area() const { return (right - left) * (bottom - top); }
  bool contains(double x, double y) const {
    return left <= x && x <= right && top <= y && y <= bottom;
  }
  /// Whether the coordinates and the score are in the ranges above.
  bool is_valid() const {
    return 0 <= left && left < right && right <= 1 && 0 <= top && top < bottom && bottom <= 1 &&
           score > 0 && score <= 1;
  }
};

/// Clips a box to a part of its image and expresses it in fractions of that part.
/// @param part  e.g. a crop, in fractions of the image
/// @return std::nullopt if the box is outside the part
std::optional<Box> within(const Box& box, const Box& part);

/// The box mirrored horizontally.
Box mirrored(const Box& box);

/// Converts a box of an image to fractions of the encoder's input, clipped to the visible part.
/// @return std::nullopt if no part of it is visible
std::optional<Box> on_input(const Box& box, const Placement& placement);

/// The coverage of each cell by the union of the boxes, weighted by their scores:
///   w_i = 1/|cell| ∫_{cell i} max_{b ∋ x} score_b dx
/// in 0…1. If all scores are 1, this is the covered fraction of the cell.
/// @param boxes  in fractions of the encoder's input, which the grid divides evenly
/// @return L values
std::vector<double> cell_cover(const std::vector<Box>& boxes, const Grid& grid);

}  // namespace saccade
