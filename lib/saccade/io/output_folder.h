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

/// The name of the list of what Saccade wrote into an output folder: a line for each file, its
/// SHA-256, two spaces and its path within the folder, as `sha256sum --check` reads it.
constexpr char kManifest[] = ".saccade-files";

/// Files that are written into a folder of the user's together. All are made in a staging folder
/// and moved into place by `commit`; without it, nothing changes. A file that is there is replaced
/// or removed only when the folder's manifest says that Saccade wrote it, with these bytes.
class OutputFolder {
 public:
  /// @param inputs  what the command reads: none of these files is replaced, whoever wrote it.
  /// @throws std::runtime_error naming what cannot be made or read, as all of this.
  explicit OutputFolder(const std::filesystem::path& directory,
                        const std::vector<std::filesystem::path>& inputs = {});

  /// Writes a file that is to be `name` within the folder. Several threads may call it at once.
  void write(const std::filesystem::path& name, std::string_view bytes);

  /// A file that is written in parts: opened by the caller, whole before `commit`.
  std::filesystem::path staged(const std::filesystem::path& name);

  /// Moves all files into place, and removes the earlier ones that were not written again and that
  /// `outdated` chooses by their names within the folder. Killed meanwhile, it leaves whole files
  /// only, all of them in the manifest.
  /// @throws std::invalid_argument for a file in the way that Saccade did not write; nothing has
  ///         changed then.
  void commit(const std::function<bool(const std::filesystem::path& name)>& outdated = {});

 private:
  std::filesystem::path directory_;
  FileSet inputs_;
  StagingFolder staging_;
  std::mutex mutex_;
  std::map<std::filesystem::path, std::string> hashes_;  // of what was written; "": not known yet
};

/// To be called before a long computation: throws what `commit` would throw about files that are to
/// be written under these names.
void require_replaceable(const std::filesystem::path& directory,
                         const std::vector<std::filesystem::path>& names,
                         const std::vector<std::filesystem::path>& inputs);

}  // namespace saccade
