#pragma once

#include <cstdint>
#include <string>

namespace saccade {

/// Bytes that all decoders of the process may hold together: a quarter of the machine's memory
/// until it is set.
std::int64_t decode_memory();

/// @throws std::invalid_argument below 1 MiB.
void set_decode_memory(std::int64_t bytes);

/// A decoder's share of that memory, held as long as it decodes.
class DecodeShare {
 public:
  /// Waits until the bytes are free; those who came first are served first.
  /// @param bytes  at most decode_memory()
  explicit DecodeShare(std::int64_t bytes);
  ~DecodeShare();
  DecodeShare(const DecodeShare&) = delete;
  DecodeShare& operator=(const DecodeShare&) = delete;

 private:
  const std::int64_t bytes_;
};

}  // namespace saccade
