#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "saccade/batch/result_file.h"
#include "saccade/batch/run_state.h"

namespace saccade {

/// The output of a run over one shard.
struct ShardOutput {
  std::filesystem::path path;
  RunManifest manifest;
};

/// Reads the states of outputs, each PATH.saccade.json.
/// @throws std::runtime_error naming a state that is missing or damaged, or of a run without
///         --shard.
std::vector<ShardOutput> read_shards(const std::vector<std::filesystem::path>& paths);

/// What keeps the shards from being one run: a shard that is missing, given twice or not complete,
/// a difference in model, CPU, options or listing. Empty: nothing.
std::vector<std::string> obstacles(const std::vector<ShardOutput>& shards);

/// Writes the rows of all shards in the order of the inputs, to what one run without --shard would
/// have written, and its state.
/// @param shards  not empty
/// @throws std::runtime_error if a shard has another number of rows than its state says, or a file
///         cannot be read or written. The output is unchanged then.
void merge_shards(const std::vector<ShardOutput>& shards, const RowFormat& format,
                  const std::filesystem::path& output);

}  // namespace saccade
