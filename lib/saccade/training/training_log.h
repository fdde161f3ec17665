#pragma once

#include <cstdint>
#include <filesystem>

namespace saccade {

/// Cuts a run's train.jsonl back to a checkpoint, so that a run that was killed some steps after it
/// and goes on from it has every step once. What stays, in its order: the steps before the
/// checkpoint's, and the validations up to it, but not one of an epoch that the checkpoint has
/// still to end. Lines that are no JSON object with a step, such as one that was being written, go
/// too. The new file is written beside and renamed; nothing happens when there is no file or
/// nothing to cut.
/// @param step   steps done at the checkpoint: the next batch is logged with this number
/// @param epoch  epochs done with their validation at the checkpoint
/// @throws std::runtime_error when the file cannot be read or written
void cut_training_log(const std::filesystem::path& log, std::int64_t step, std::int64_t epoch);

/// Whether every line of a file is one of a training log; a last one may be torn. True of a file
/// that is absent or empty.
bool is_training_log(const std::filesystem::path& log);

}  // namespace saccade
