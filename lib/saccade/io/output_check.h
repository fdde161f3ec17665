#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace saccade {

/// The process's own descriptor that a path stands for: /dev/stdout, /dev/stderr, /dev/fd/N and
/// /proc/self/fd/N, also through links.
std::optional<int> descriptor_of(const std::filesystem::path& path);

/// Files as the system tells them apart, through whatever links.
class FileSet {
 public:
  /// Those of the paths at which there is something.
  explicit FileSet(const std::vector<std::filesystem::path>& paths);
  /// The path under which the file at `path` is among them, or nullptr.
  const std::filesystem::path* find(const std::filesystem::path& path) const;

 private:
  std::map<std::pair<dev_t, ino_t>, std::filesystem::path> files_;
};

/// To be called before a command reads, computes or opens anything: refuses a place for its output
/// that would cost the user a file or that cannot be written. A pipe and a character device are
/// good places; a file that is there is, unless it is an image or one of the inputs.
/// @param inputs  files that the command reads; those that are absent do not matter.
/// @throws std::invalid_argument for a folder, a block device, an existing image or an input,
///         std::runtime_error when the folder is absent or cannot be written.
void require_output_file(const std::filesystem::path& output,
                         const std::vector<std::filesystem::path>& inputs);

/// The same for a folder that is made or written into.
/// @throws std::invalid_argument for anything that is there and is no folder, or an input,
///         std::runtime_error where a file is in the way above it.
void require_output_folder(const std::filesystem::path& output,
                           const std::vector<std::filesystem::path>& inputs);

}  // namespace saccade
