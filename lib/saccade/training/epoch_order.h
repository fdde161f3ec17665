#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade {

/// Neighbouring images of a data set that are drawn equally often.
struct ImageShare {
  std::size_t images = 0;
  double share = 1;  ///< ≥ 0, how often each is drawn per epoch, on average
};

/// Draws of an epoch: for N images of share s, round(s·N), but at least one where s > 0.
std::size_t draws_per_epoch(const std::vector<ImageShare>& shares);

/// The places of the images that an epoch draws, in random order. Of N images of share s each comes
/// ⌊s⌋ or ⌈s⌉ times, and over the epochs all of them equally often: an epoch goes on in a fixed
/// random round where the last one ended. Depends on nothing but its arguments.
std::vector<std::size_t> epoch_order(const std::vector<ImageShare>& shares, std::uint64_t seed,
                                     std::int64_t epoch);

}  // namespace saccade
