#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade {

/// Consecutive images of a data set that are sampled equally often.
struct ImageShare {
  std::size_t images = 0;
  double share = 1;  ///< ≥ 0, how often each is sampled per epoch, on average
};

/// The number of samples of an epoch: round(s·N) for N images of share s, at least 1 if s > 0.
std::size_t draws_per_epoch(const std::vector<ImageShare>& shares);

/// The indices of the images of an epoch, in random order. Each image of share s occurs ⌊s⌋ or ⌈s⌉
/// times per epoch, and over the epochs all equally often: each epoch continues a fixed random
/// cycle where the previous one ended. The result depends only on the arguments.
std::vector<std::size_t> epoch_order(const std::vector<ImageShare>& shares, std::uint64_t seed,
                                     std::int64_t epoch);

}  // namespace saccade
