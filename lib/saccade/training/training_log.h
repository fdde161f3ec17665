#pragma once

#include <cstdint>
#include <filesystem>

namespace saccade {

/// Truncates a run's train.jsonl to a checkpoint, so that a run that was killed after the
/// checkpoint and resumes from it logs every step once. Keeps, in order, the steps before the
/// checkpoint and the validations up to it, except that of an epoch that the checkpoint has not
/// completed. Lines that are not JSON objects with a step, such as an incomplete last line, are
/// removed. The file is written atomically, and not at all if it does not exist or nothing is
/// removed.
/// @param step   steps done at the checkpoint, i.e. the step number of the next batch
/// @param epoch  epochs completed at the checkpoint, including their validation
/// @throws std::runtime_error when the file cannot be read or written
void cut_training_log(const std::filesystem::path& log, std::int64_t step, std::int64_t epoch);

/// Whether every line of a file belongs to a training log. The last line may be truncated. True for
/// a file that does not exist or is empty.
bool is_training_log(const std::filesystem::path& log);

}  // namespace saccade
