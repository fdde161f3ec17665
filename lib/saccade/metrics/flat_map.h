#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade {

/// A hash map from 64-bit keys to 32-bit numbers in one block of memory, for fast n-gram lookups.
/// clear() keeps the block, so that a reused map does not allocate.
class FlatMap {
 public:
  static constexpr std::uint32_t kMissing = 0xFFFFFFFF;

  /// The value of `key`, or kMissing.
  std::uint32_t find(std::uint64_t key) const {
    if (slots_.empty()) return kMissing;
    for (std::size_t at = place(key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].value == kMissing) return kMissing;
      if (slots_[at].key == key) return slots_[at].value;
    }
  }

  /// A reference to the key's value, which is `initial` for a new key. Valid until the next call.
  std::uint32_t& at_or_insert(std::uint64_t key, std::uint32_t initial) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::size_t at = place(key);
    while (slots_[at].value != kMissing && slots_[at].key != key)
      at = (at + 1) & (slots_.size() - 1);
    if (slots_[at].value == kMissing) {
      slots_[at] = {key, initial};
      ++size_;
    }
    return slots_[at].value;
  }

  void clear() {
    if (size_ == 0) return;
    for (Slot& slot : slots_) slot.value = kMissing;
    size_ = 0;
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = kMissing;
  };

  std::size_t place(std::uint64_t key) const {
    std::uint64_t mixed = key ^ (key >> 31);
    mixed *= 0x9E3779B97F4A7C15ull;
    return static_cast<std::size_t>(mixed >> 20) & (slots_.size() - 1);
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
    old.swap(slots_);
    size_ = 0;
    for (const Slot& slot : old) {
      if (slot.value != kMissing) at_or_insert(slot.key, slot.value);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace saccade
