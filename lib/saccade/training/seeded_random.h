#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace saccade {

using Random = std::mt19937_64;

/// A separate generator for each pair of numbers.
inline Random seeded(std::uint64_t seed, std::int64_t a, std::int64_t b) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                         static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)};
  return Random(sequence);
}

/// Like std::shuffle, whose results differ between libraries.
template <typename T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

}  // namespace saccade
