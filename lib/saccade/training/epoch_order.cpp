#include "saccade/training/epoch_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "saccade/training/seeded_random.h"

namespace saccade {
namespace {

std::size_t draws_of(const ImageShare& images) {
  if (images.images == 0 || images.share <= 0) return 0;
  const double draws = images.share * static_cast<double>(images.images);
  return static_cast<std::size_t>(std::max(1LL, std::llround(draws)));
}

std::vector<std::size_t> numbers_from(std::size_t first, std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

std::size_t draws_per_epoch(const std::vector<ImageShare>& shares) {
  std::size_t draws = 0;
  for (const ImageShare& images : shares) draws += draws_of(images);
  return draws;
}

std::vector<std::size_t> epoch_order(const std::vector<ImageShare>& shares, std::uint64_t seed,
                                     std::int64_t epoch) {
  std::vector<std::size_t> order;
  std::size_t first = 0;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    const std::size_t images = shares[k].images, draws = draws_of(shares[k]);
    std::vector<std::size_t> round = numbers_from(first, images);
    Random random = seeded(seed, -2, static_cast<std::int64_t>(k));
    shuffle(round, random);
    const std::size_t begin = static_cast<std::size_t>(epoch) * draws;
    for (std::size_t i = 0; i < draws; ++i) order.push_back(round[(begin + i) % images]);
    first += images;
  }
  std::sort(order.begin(), order.end());
  Random random = seeded(seed, epoch, -1);
  shuffle(order, random);
  return order;
}

}  // namespace saccade
