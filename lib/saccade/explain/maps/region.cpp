#include "saccade/explain/maps/region.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace saccade {

std::vector<std::int64_t> top_region(const std::vector<float>& map, double share, double max) {
  std::vector<std::int64_t> cells(map.size());
  std::iota(cells.begin(), cells.end(), 0);
  const auto value = [&](std::int64_t cell) { return map[static_cast<std::size_t>(cell)]; };
  std::stable_sort(cells.begin(), cells.end(),
                   [&](std::int64_t a, std::int64_t b) { return value(a) > value(b); });
  const double total = std::accumulate(map.begin(), map.end(), 0.0);
  const auto limit = std::max<std::size_t>(1, std::size_t(max * double(map.size())));
  double held = 0;
  std::size_t count = 0;
  while (count < cells.size() && count < limit && (count == 0 || held < share * total)) {
    held += value(cells[count++]);
  }
  cells.resize(count);
  return cells;
}

std::vector<std::int64_t> region_elsewhere(const std::vector<std::int64_t>& region,
                                           const Grid& grid, std::uint64_t seed) {
  std::vector<bool> taken(static_cast<std::size_t>(grid.cells()));
  for (const std::int64_t cell : region) taken[static_cast<std::size_t>(cell)] = true;
  std::vector<std::int64_t> free;
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    if (!taken[static_cast<std::size_t>(cell)]) free.push_back(cell);
  }
  if (free.empty()) return free;
  // Uses the generator's bits directly: the results of a distribution differ between libraries.
  std::mt19937_64 random(seed);
  const std::int64_t centre = free[static_cast<std::size_t>(random() % free.size())];
  const auto distance = [&](std::int64_t cell) {
    const auto rows = cell / grid.cols - centre / grid.cols;
    const auto cols = cell % grid.cols - centre % grid.cols;
    return rows * rows + cols * cols;
  };
  std::stable_sort(free.begin(), free.end(),
                   [&](std::int64_t a, std::int64_t b) { return distance(a) < distance(b); });
  free.resize(std::min(free.size(), region.size()));
  return free;
}

}  // namespace saccade
