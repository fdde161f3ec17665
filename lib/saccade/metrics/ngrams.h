#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// One caption, split into tokens (see ptb_tokenize).
using Tokens = std::vector<std::string>;
/// The human captions of one image.
using References = std::vector<Tokens>;

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

constexpr std::size_t kMaxOrder = 4;  ///< the longest n-gram of BLEU and CIDEr

/// Numbers words in the order of their first occurrence.
class WordNumbers {
 public:
  std::uint32_t add(const std::string& word) {
    return numbers_.emplace(word, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  /// FlatMap::kMissing for an unknown word.
  std::uint32_t find(const std::string& word) const {
    const auto found = numbers_.find(word);
    return found == numbers_.end() ? FlatMap::kMissing : found->second;
  }
  std::vector<std::uint32_t> add_all(const Tokens& tokens) {
    std::vector<std::uint32_t> result;
    result.reserve(tokens.size());
    for (const std::string& token : tokens) result.push_back(add(token));
    return result;
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// Numbers n-grams of all orders from 0, in the order of their first occurrence. An n-gram is keyed
/// by the number of its first n−1 words and its last word.
class NgramNumbers {
 public:
  /// Calls `visit(order − 1, number)` for each n-gram of each order up to kMaxOrder. Adds new ones.
  template <typename Visit>
  void add_all(const std::vector<std::uint32_t>& words, Visit&& visit) {
    for (std::size_t start = 0; start < words.size(); ++start) {
      std::uint32_t number = FlatMap::kMissing;
      for (std::size_t n = 0; n < kMaxOrder && start + n < words.size(); ++n) {
        number = add(number, words[start + n]);
        visit(n, number);
      }
    }
  }
  /// The number of the n-gram `prefix` + `word` (FlatMap::kMissing as prefix for a single word).
  std::uint32_t add(std::uint32_t prefix, std::uint32_t word) {
    return map_.at_or_insert(key(prefix, word), static_cast<std::uint32_t>(map_.size()));
  }
  /// The same, but kMissing for an unknown n-gram.
  std::uint32_t find(std::uint32_t prefix, std::uint32_t word) const {
    return map_.find(key(prefix, word));
  }
  std::size_t size() const { return map_.size(); }
  void clear() { map_.clear(); }

  static std::uint64_t key(std::uint32_t prefix, std::uint32_t word) {
    return (static_cast<std::uint64_t>(prefix) << 32) | word;
  }

 private:
  FlatMap map_;
};

}  // namespace saccade
