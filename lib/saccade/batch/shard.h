#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// One of several parts of a run, each for another machine.
struct Shard {
  std::int64_t index = 0;  ///< 0 … count − 1
  std::int64_t count = 1;
  std::int64_t images = 0;              ///< of all shards together
  std::string listing_sha256;           ///< of the names of all images, each ended by NUL
  std::vector<std::int64_t> positions;  ///< of this shard's images among all, ascending
};

/// Reads "I/N".
/// @throws std::invalid_argument unless 0 ≤ I < N ≤ 1,000,000.
Shard parse_shard(const std::string& text);

/// The shard of an image: the first 8 bytes of the SHA-256 of its name, as a big-endian number,
/// modulo `count`. It depends on neither the machine nor the other images.
/// @param name  the path below the source folder, or as written in a list
std::int64_t shard_of(std::string_view name, std::int64_t count);

/// Keeps the inputs of a shard.
/// @param source  a folder that the inputs begin with, or another source
/// @param shard   with index and count; gets the rest
std::vector<std::string> take_shard(const std::vector<std::string>& inputs,
                                    const std::string& source, Shard& shard);

}  // namespace saccade
