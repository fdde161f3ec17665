#pragma once

#include <optional>
#include <vector>

#include "saccade/image/grid.h"
#include "saccade/image/placement.h"

namespace saccade {

/// A rectangle in shares of the width and height of what it lies on, a photograph or the encoder's
/// input: 0 ≤ left < right ≤ 1 and 0 ≤ top < bottom ≤ 1.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double score = 1;  ///< in (0, 1]: how sure its source is; 1 for a box drawn by a person

  double area() const { return (right - left) * (bottom - top); }
  bool contains(double x, double y) const {
    return left <= x && x <= right && top <= y && y <= bottom;
  }
};

/// What of a box lies within a part of its photograph, in shares of that part.
/// @param part  in shares of the photograph, e.g. a crop
/// @return nothing when the box lies outside
std::optional<Box> within(const Box& box, const Box& part);

/// The box mirrored left to right.
Box mirrored(const Box& box);

/// A box of a photograph in shares of the encoder's input; what the input does not show is cut off.
/// @return nothing when the input shows none of it
std::optional<Box> on_input(const Box& box, const Placement& placement);

/// How much of each cell the union of the boxes covers:
///   w_i = 1/|cell| ∫_{cell i} max_{b ∋ x} score_b dx
/// in 0…1; with scores of 1 the covered share of the cell's area.
/// @param boxes  in shares of the encoder's input, which the grid divides evenly
/// @return L values
std::vector<double> cell_cover(const std::vector<Box>& boxes, const Grid& grid);

}  // namespace saccade
