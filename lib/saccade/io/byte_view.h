#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace saccade {

/// A view of untrusted bytes. Numbers read past the end are 0 instead of a fault, so a damaged
/// header yields a wrong number, not a crash.
class ByteView {
 public:
  ByteView() = default;
  ByteView(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool holds(std::size_t offset, std::size_t count) const {
    return offset <= size_ && count <= size_ - offset;
  }
  bool has(std::size_t offset, std::string_view text) const {
    return holds(offset, text.size()) && std::memcmp(data_ + offset, text.data(), text.size()) == 0;
  }

  /// The unsigned integer stored in the `count` bytes at `offset`; `count` is at most 8.
  std::uint64_t number(std::size_t offset, int count, bool big_endian) const {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) {
      const std::size_t from = offset + std::size_t(big_endian ? i : count - 1 - i);
      value = value << 8 | (from < size_ ? data_[from] : 0u);
    }
    return value;
  }
  std::uint64_t big(std::size_t offset, int count) const { return number(offset, count, true); }
  std::uint64_t little(std::size_t offset, int count) const { return number(offset, count, false); }

  /// The position of the first `byte` at or after `offset`; size() if there is none.
  std::size_t find(std::uint8_t byte, std::size_t offset) const {
    if (offset >= size_) return size_;
    const void* found = std::memchr(data_ + offset, byte, size_ - offset);
    return found ? std::size_t(static_cast<const std::uint8_t*>(found) - data_) : size_;
  }

  /// Up to `count` bytes starting at `offset`, clipped to this view.
  ByteView slice(std::size_t offset, std::size_t count) const {
    const std::size_t from = std::min(offset, size_);
    return ByteView(data_ + from, std::min(count, size_ - from));
  }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace saccade
