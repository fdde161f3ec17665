#include "saccade/image/decode_memory.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

#include "saccade/image/image.h"

namespace saccade {
namespace {

std::int64_t quarter_of_memory() {
  const std::int64_t pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGE_SIZE);
  return std::max<std::int64_t>(pages * size / 4, std::int64_t(64) << 20);
}

struct Memory {
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t limit = quarter_of_memory();
  std::int64_t taken = 0;
  std::uint64_t next_ticket = 0, served = 0;
  std::function<void(std::int64_t)> take_elsewhere;
  std::function<void()> give_elsewhere;
};

Memory& memory() {
  static Memory memory;
  return memory;
}

std::atomic<std::int64_t> most_pixels{kMaxPixels};

}  // namespace

std::int64_t decode_pixels() { return most_pixels; }

void set_decode_pixels(std::int64_t pixels) {
  if (pixels < 1 || pixels > kMaxPixels) {
    throw std::invalid_argument("the largest image to decode must have 1 to " +
                                std::to_string(kMaxPixels) + " pixels, not " +
                                std::to_string(pixels));
  }
  most_pixels = pixels;
}

std::int64_t decode_memory() {
  const std::lock_guard lock(memory().mutex);
  return memory().limit;
}

void set_decode_memory(std::int64_t bytes) {
  if (bytes < std::int64_t(1) << 20) {
    throw std::invalid_argument("the memory for decoding must be at least 1 MiB, not " +
                                std::to_string(bytes) + " bytes");
  }
  const std::lock_guard lock(memory().mutex);
  memory().limit = bytes;
  memory().changed.notify_all();
}

void share_decode_memory_elsewhere(std::function<void(std::int64_t)> take,
                                   std::function<void()> give) {
  memory().take_elsewhere = std::move(take);
  memory().give_elsewhere = std::move(give);
}

DecodeShare::DecodeShare(std::int64_t bytes) : bytes_(bytes) {
  Memory& all = memory();
  if (all.take_elsewhere) {
    all.take_elsewhere(bytes);
    return;
  }
  std::unique_lock lock(all.mutex);
  const std::uint64_t ticket = all.next_ticket++;
  // A single decoder is always admitted, because the limit may have been lowered meanwhile.
  all.changed.wait(lock, [&] {
    return all.served == ticket && (all.taken == 0 || all.taken + bytes_ <= all.limit);
  });
  ++all.served;
  all.taken += bytes_;
  all.changed.notify_all();
}

DecodeShare::~DecodeShare() {
  if (memory().give_elsewhere) {
    memory().give_elsewhere();
    return;
  }
  const std::lock_guard lock(memory().mutex);
  memory().taken -= bytes_;
  memory().changed.notify_all();
}

}  // namespace saccade
