#pragma once

#include "saccade/explain/maps/attention_map.h"
#include "saccade/image/image.h"

namespace saccade {

/// The smallest region of the photograph that holds `share` of the attention on it: all places
/// whose value is at least the one returned. Found on 256 × 256 points spread evenly over the
/// photograph; of equal values all or none belong to the region.
/// @param share  0…1.
/// @throws std::invalid_argument for a share outside 0…1.
float region_threshold(const AttentionMap& map, double share);

/// Draws the contour of that region into the photograph, a light line with dark edges; nothing
/// where there is no attention at all.
void draw_region(Image& photograph, const AttentionMap& map, double share);

/// Outlines a cell of the grid, dashed, as hard attention chose it.
/// @param cell  0…L − 1, row-major.
void draw_cell(Image& photograph, const Grid& grid, const Placement& placement, std::int64_t cell);

}  // namespace saccade
