#include "saccade/batch/merge.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <queue>
#include <stdexcept>
#include <utility>

#include "saccade/io/durable_file.h"

namespace saccade {

namespace {

namespace fs = std::filesystem;

fs::path state_of(const fs::path& output) { return output.string() + ".saccade.json"; }

/// The manifest without what differs between the shards of a run.
RunManifest without_shard(RunManifest manifest) {
  manifest.options.erase("--shard");
  return manifest;
}

/// The rows of a shard with their positions.
class ShardReader {
 public:
  ShardReader(const ShardOutput& shard, const RowFormat& format)
      : shard_(shard), format_(format), in_(shard.path, std::ios::binary) {
    if (!in_) throw std::runtime_error("cannot read " + shard.path.string());
    next_header(in_, format, shard.path);
  }

  /// @return false at the end
  bool next() {
    const auto& positions = shard_.manifest.shard.positions;
    const bool more = next_row(in_, format_.quoted_breaks, row_);
    if (more != (next_ < positions.size())) {
      throw std::runtime_error(shard_.path.string() + " has " + (more ? "more" : "fewer") +
                               " rows than the " + std::to_string(positions.size()) +
                               " images of its state; run its command again");
    }
    if (more) position_ = positions[next_++];
    return more;
  }
  const std::string& row() const { return row_; }
  std::int64_t position() const { return position_; }

 private:
  const ShardOutput& shard_;
  const RowFormat& format_;
  std::ifstream in_;
  std::string row_;
  std::size_t next_ = 0;
  std::int64_t position_ = -1;
};

}  // namespace

std::vector<ShardOutput> read_shards(const std::vector<fs::path>& paths) {
  std::vector<ShardOutput> shards;
  for (const fs::path& path : paths) {
    const fs::path state = state_of(path);
    std::ifstream in(state, std::ios::binary);
    if (!in) {
      throw std::runtime_error(path.string() + " has no state " + state.string() +
                               "; is it the output of `saccade batch --shard`?");
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    shards.push_back({path, parse_manifest(text, state)});
    if (shards.back().manifest.shard.count == 1) {
      throw std::runtime_error(path.string() + " is the output of a run without --shard");
    }
  }
  return shards;
}

std::vector<std::string> obstacles(const std::vector<ShardOutput>& shards) {
  std::vector<std::string> found;
  const RunManifest& first = shards.front().manifest;
  std::vector<std::int64_t> given(static_cast<std::size_t>(first.shard.count));
  for (const ShardOutput& one : shards) {
    const Shard& shard = one.manifest.shard;
    const std::string name = one.path.string();
    if (!one.manifest.complete) {
      found.push_back(name + " is not complete; run its command again");
    }
    for (const std::string& difference :
         differences(without_shard(first), without_shard(one.manifest))) {
      found.push_back(name + " differs from " + shards.front().path.string() + ": " + difference);
    }
    if (shard.count != first.shard.count) {
      found.push_back(name + " is one of " + std::to_string(shard.count) + " shards, not of " +
                      std::to_string(first.shard.count));
    } else if (++given[static_cast<std::size_t>(shard.index)] == 2) {
      found.push_back("shard " + std::to_string(shard.index) + " is given twice");
    }
    if (shard.listing_sha256 != first.shard.listing_sha256) {
      found.push_back(name + " is of a run over other images than " + shards.front().path.string());
    }
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == 0) {
      found.push_back("shard " + std::to_string(i) + "/" + std::to_string(given.size()) +
                      " is missing");
    }
  }
  return found;
}

void merge_shards(const std::vector<ShardOutput>& shards, const RowFormat& format,
                  const fs::path& output) {
  std::vector<std::unique_ptr<ShardReader>> readers;
  using Place = std::pair<std::int64_t, std::size_t>;  // position, reader
  std::priority_queue<Place, std::vector<Place>, std::greater<>> next;
  const auto advance = [&](std::size_t i) {
    if (readers[i]->next()) next.emplace(readers[i]->position(), i);
  };
  RunManifest merged = without_shard(shards.front().manifest);
  merged.shard = Shard{};
  merged.captioned = merged.failed = 0;
  for (const ShardOutput& shard : shards) {
    readers.push_back(std::make_unique<ShardReader>(shard, format));
    advance(readers.size() - 1);
    merged.captioned += shard.manifest.captioned;
    merged.failed += shard.manifest.failed;
    merged.complete = merged.complete && shard.manifest.complete;
  }
  DurableFile file(output);
  file.write(format.header);
  while (!next.empty()) {
    const std::size_t i = next.top().second;
    next.pop();
    file.write(readers[i]->row());
    file.write("\n");
    advance(i);
  }
  file.commit();
  DurableFile state(state_of(output));
  state.write(manifest_text(merged));
  state.commit();
}

}  // namespace saccade
