#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/io/output_check.h"
#include "saccade/io/staging_folder.h"

namespace saccade {

/// The manifest of the files that Saccade wrote into an output folder. Each line holds a file's
/// SHA-256, two spaces and its path relative to the folder, as `sha256sum --check` reads it.
constexpr char kManifest[] = ".saccade-files";

/// Writes a group of files into a folder of the user. The files are created in a staging folder and
/// moved into place by `commit`; without it, nothing changes. An existing file is replaced or
/// removed only if the folder's manifest lists it with its current contents.
class OutputFolder {
 public:
  /// @param inputs  the files that the command reads; these are never replaced or removed.
  /// @throws std::runtime_error naming what cannot be created or read, like all members.
  explicit OutputFolder(const std::filesystem::path& directory,
                        const std::vector<std::filesystem::path>& inputs = {});

  /// Writes the file `name`, a path relative to the folder. Thread-safe.
  void write(const std::filesystem::path& name, std::string_view bytes);

  /// The path at which the caller writes the file `name` itself; it must be complete before
  /// `commit`. Thread-safe.
  std::filesystem::path staged(const std::filesystem::path& name);

  /// Moves all files into place. Removes files of earlier runs that were not written again and for
  /// whose names `outdated` returns true. If the process is killed in between, all files are
  /// complete and listed in the manifest.
  /// @throws std::invalid_argument if a file that Saccade did not write is in the way; the folder
  ///         is then unchanged.
  void commit(const std::function<bool(const std::filesystem::path& name)>& outdated = {});

 private:
  std::filesystem::path directory_;
  FileSet inputs_;
  StagingFolder staging_;
  std::mutex mutex_;
  std::map<std::filesystem::path, std::string> hashes_;  // of the written files; "": not known yet
};

/// Checks before a long computation that files with these names can be written.
/// @throws the same exceptions as `commit`.
void require_replaceable(const std::filesystem::path& directory,
                         const std::vector<std::filesystem::path>& names,
                         const std::vector<std::filesystem::path>& inputs);

}  // namespace saccade
