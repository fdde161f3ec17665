#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

class Captioner;

/// How often hard attention chose each cell when a sentence was decoded many times with sampled
/// cells.
struct Rollouts {
  std::int64_t count = 0;  ///< K; 0: no rollouts
  std::uint64_t seed = 0;  ///< of all samples: the same seed gives the same counts
  std::vector<std::vector<std::int64_t>>
      cells;  ///< T×L, row-major cells; each word's counts sum to K
};

/// Decodes the sentence K times with s_t ~ Multinoulli(α_t) (Xu et al. 2015, section 4.1) and
/// counts the sampled cells. A sampled cell changes the state, and thereby α of the following
/// words, so every rollout has its own α.
/// @param words  T words; a word that is not in the vocabulary is read as <unk>.
/// @param count  K > 0.
/// @throws std::invalid_argument for a count below 1, or a model without attention.
Rollouts roll_out(const Captioner& captioner, const Image& photograph,
                  const std::vector<std::string>& words, std::int64_t count, std::uint64_t seed);

}  // namespace saccade
