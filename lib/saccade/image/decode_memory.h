#pragma once

#include <cstdint>
#include <functional>

namespace saccade {

/// The memory limit for all decoders of the process together, in bytes. The default is a quarter of
/// the machine's memory.
std::int64_t decode_memory();

/// @throws std::invalid_argument below 1 MiB.
void set_decode_memory(std::int64_t bytes);

/// Has the memory shared out by another process, of whose decoders this one's are a part.
/// @param take  waits until so many bytes are available
/// @param give  gives back what was taken last
void share_decode_memory_elsewhere(std::function<void(std::int64_t)> take,
                                   std::function<void()> give);

/// The pixels of the largest image that is decoded; at first kMaxPixels of image.h. For the whole
/// process.
std::int64_t decode_pixels();

/// @throws std::invalid_argument unless in 1…kMaxPixels.
void set_decode_pixels(std::int64_t pixels);

/// The share of this memory that one decoder reserves while it decodes.
class DecodeShare {
 public:
  /// Waits until the bytes are available, in the order of the requests.
  /// @param bytes  at most decode_memory()
  explicit DecodeShare(std::int64_t bytes);
  ~DecodeShare();
  DecodeShare(const DecodeShare&) = delete;
  DecodeShare& operator=(const DecodeShare&) = delete;

 private:
  const std::int64_t bytes_;
};

}  // namespace saccade
