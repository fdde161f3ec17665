#pragma once

#include <cstdint>
#include <vector>

#include "saccade/image/placement.h"

namespace saccade {

/// The smallest set of cells that holds at least `share` of a map's sum, limited to a fraction
/// `max` of all cells. It has at least one cell.
/// @param map    L values ≥ 0.
/// @param share  0…1.
/// @param max    0…1.
/// @return row-major cell indices, by descending value.
std::vector<std::int64_t> top_region(const std::vector<float>& map, double share, double max);

/// As many cells outside the region, for comparison: those nearest to a random cell outside the
/// region, so that they are contiguous as a region is. Fewer if fewer cells are left.
std::vector<std::int64_t> region_elsewhere(const std::vector<std::int64_t>& region,
                                           const Grid& grid, std::uint64_t seed);

}  // namespace saccade
