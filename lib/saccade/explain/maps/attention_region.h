#pragma once

#include "saccade/explain/maps/attention_map.h"
#include "saccade/image/image.h"

namespace saccade {

/// The threshold of the smallest region of the image that holds `share` of the attention: the
/// region is all points whose value is at least the threshold. It is computed on 256 × 256 points
/// spread evenly over the image.
/// @param share  0…1.
/// @throws std::invalid_argument for a share outside 0…1.
float region_threshold(const AttentionMap& map, double share);

/// Draws the contour of that region into the image, as a light line with dark edges. Draws nothing
/// if the map is 0 everywhere.
/// @throws std::invalid_argument for a share outside 0…1.
void draw_region(Image& photograph, const AttentionMap& map, double share);

/// Outlines a cell of the grid with a dashed line, to mark the cell that hard attention chose.
/// @param cell  0…L − 1, row-major.
/// @throws std::invalid_argument for a cell outside the grid.
void draw_cell(Image& photograph, const Grid& grid, const Placement& placement, std::int64_t cell);

}  // namespace saccade
