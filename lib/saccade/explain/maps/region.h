#pragma once

#include <cstdint>
#include <vector>

#include "saccade/image/grid.h"

namespace saccade {

/// The fewest cells that together hold at least `share` of a map's sum, but at most `most` of all
/// cells and at least one.
/// @param map  L values ≥ 0. @return cell numbers, the strongest first.
std::vector<std::int64_t> top_region(const std::vector<float>& map, double share, double max);

/// As many cells elsewhere, for comparison: of the cells outside the region those nearest to a
/// random one of them, so that they hang together as a region does. Fewer when fewer are left.
std::vector<std::int64_t> region_elsewhere(const std::vector<std::int64_t>& region,
                                           const Grid& grid, std::uint64_t seed);

}  // namespace saccade
