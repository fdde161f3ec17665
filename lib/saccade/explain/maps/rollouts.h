#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

class Captioner;

/// How often each cell was chosen when hard attention was sampled many times along one sentence.
struct Rollouts {
  std::int64_t count = 0;  ///< K; 0: none were made
  std::uint64_t seed = 0;  ///< of all draws: the same seed gives the same counts
  std::vector<std::vector<std::int64_t>> cells;  ///< T×L, row-major cells; each word's sum to K
};

/// Follows the sentence K times with s ~ Multinoulli(α), each time with cells of its own, and
/// counts them. A cell that is drawn changes the state, and so the α of the words after it: the
/// counts are of the α that each rollout had, not of one.
/// @param words  T words; one that the vocabulary lacks is read as <unk>.
/// @param count  K > 0.
/// @throws std::invalid_argument for a count below 1, or a model that has no attention.
Rollouts roll_out(const Captioner& captioner, const Image& photograph,
                  const std::vector<std::string>& words, std::int64_t count, std::uint64_t seed);

}  // namespace saccade
