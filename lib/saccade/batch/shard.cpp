#include "saccade/batch/shard.h"

#include <charconv>
#include <stdexcept>

#include "saccade/io/sha256.h"

namespace saccade {

namespace {

constexpr std::int64_t kMostShards = 1'000'000;

/// The path below the folder, so that the folder may lie elsewhere on every machine.
std::string_view name_below(std::string_view path, std::string_view folder) {
  if (path.substr(0, folder.size()) != folder) return path;
  const std::size_t start = path.find_first_not_of('/', folder.size());
  const bool inside = !folder.empty() && (folder.back() == '/' || start > folder.size());
  return inside && start != std::string_view::npos ? path.substr(start) : path;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    if (count.ec == std::errc() && count.ptr == end && 0 <= shard.index &&
        shard.index < shard.count && shard.count <= kMostShards) {
      return shard;
    }
  }
  throw std::invalid_argument("\"" + text +
                              "\" is not a shard; expected I/N with I from 0 to N - 1, for example "
                              "0/8");
}

std::int64_t shard_of(std::string_view name, std::int64_t count) {
  const std::string hash = sha256(name).substr(0, 16);
  std::uint64_t number = 0;
  std::from_chars(hash.data(), hash.data() + hash.size(), number, 16);
  return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(count));
}

std::vector<std::string> take_shard(const std::vector<std::string>& inputs,
                                    const std::string& source, Shard& shard) {
  std::vector<std::string> own;
  std::string names;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string_view name = name_below(inputs[i], source);
    names.append(name).push_back('\0');
    if (shard_of(name, shard.count) != shard.index) continue;
    own.push_back(inputs[i]);
    shard.positions.push_back(static_cast<std::int64_t>(i));
  }
  shard.images = static_cast<std::int64_t>(inputs.size());
  shard.listing_sha256 = sha256(names);
  return own;
}

}  // namespace saccade
