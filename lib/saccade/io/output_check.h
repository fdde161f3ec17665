#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace saccade {

/// The process's own file descriptor that a path refers to: /dev/stdin, /dev/stdout, /dev/stderr,
/// /dev/fd/N and /proc/self/fd/N. Follows symbolic links.
std::optional<int> descriptor_of(const std::filesystem::path& path);

/// A set of files, identified by device and inode, so that links to the same file are equal.
class FileSet {
 public:
  /// Holds the paths that exist.
  explicit FileSet(const std::vector<std::filesystem::path>& paths);
  /// The path in this set that refers to the same file as `path`, or nullptr.
  const std::filesystem::path* find(const std::filesystem::path& path) const;

 private:
  std::map<std::pair<dev_t, ino_t>, std::filesystem::path> files_;
};

/// Checks an output path before a command does any work. Rejects a path that cannot be written or
/// where writing would destroy a file of the user. Pipes, character devices and existing files are
/// accepted, except existing images and inputs.
/// @param inputs  the files that the command reads; missing ones are ignored.
/// @throws std::invalid_argument for a folder, a block device, a socket, an existing image or an
///         input, std::runtime_error if the folder is missing or the path cannot be written.
void require_output_file(const std::filesystem::path& output,
                         const std::vector<std::filesystem::path>& inputs);

/// The same for a folder that is created or written into.
/// @throws std::invalid_argument if the path exists and is not a folder, or is an input,
///         std::runtime_error if one of its parents is a file.
void require_output_folder(const std::filesystem::path& output,
                           const std::vector<std::filesystem::path>& inputs);

}  // namespace saccade
