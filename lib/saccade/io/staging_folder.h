#pragma once

#include <filesystem>

namespace saccade {

/// Makes a folder and those above it, where they are not there.
/// @throws std::runtime_error naming it, also when a file is in the way.
void make_folder(const std::filesystem::path& path);

/// Renames a file, replacing what is there. @throws std::runtime_error naming `to`.
void move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Moves a folder to `to`, in one step where the file system can exchange two folders. What was
/// there is at `from` afterwards.
/// @throws std::runtime_error naming `to`, which is then as it was.
void exchange_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// A folder in which files are made before they are moved into their place on the same file system.
/// It is removed with this object. It is locked while it is in use, so that the next one in the
/// same place removes what a killed process left there, and nothing else.
class StagingFolder {
 public:
  /// Makes `place`, where it is not there, and the staging folder in it.
  /// @throws std::runtime_error naming what cannot be made.
  explicit StagingFolder(const std::filesystem::path& place);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  /// Empty at first. It may be moved away as a whole.
  const std::filesystem::path& path() const { return path_; }
  /// A place beside it, for what is to be removed with it.
  std::filesystem::path discarded() const { return root_ / "discarded"; }

 private:
  std::filesystem::path root_;  // holds the lock and the folder itself
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace saccade
