#pragma once

#include <filesystem>

namespace saccade {

/// Creates a folder and its parents if they do not exist.
/// @throws std::runtime_error naming it, also if a file is in the way.
void make_folder(const std::filesystem::path& path);

/// Renames a file, replacing an existing one. @throws std::runtime_error naming `to`.
void move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Moves a folder to `to`, atomically if the file system can exchange two folders. A folder that
/// was at `to` is at `from` afterwards.
/// @throws std::runtime_error naming `to`, which is then unchanged.
void exchange_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// A temporary folder in which files are created before they are moved to their final place on the
/// same file system. The destructor removes it. It is locked while in use, so that the next
/// StagingFolder in the same place can remove exactly those that killed processes left behind.
class StagingFolder {
 public:
  /// Creates the staging folder inside `place`, and `place` if it does not exist.
  /// @throws std::runtime_error naming what cannot be created.
  explicit StagingFolder(const std::filesystem::path& place);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  /// The folder to write into, empty at first. It may be moved away as a whole.
  const std::filesystem::path& path() const { return path_; }
  /// A path next to it for data that the destructor removes as well.
  std::filesystem::path discarded() const { return root_ / "discarded"; }

 private:
  std::filesystem::path root_;  // holds the lock and the folder itself
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace saccade
