#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// Locks an open file for this process (flock), until it is closed. A file system without locks
/// permits it always.
/// @return false if another process has locked it
bool lock_file(int file);

/// Whether the path still names the open file, which may have been removed or replaced since.
bool is_named(int file, const std::filesystem::path& path);

/// A small file that one process at a time owns, from construction to destruction. The lock belongs
/// to the process (flock), so a process that is killed leaves no stale lock. On a file system
/// without locks the file is not protected.
class LockedFile {
 public:
  /// Opens the file, or creates an empty one.
  /// @throws std::runtime_error if another process owns the file, or it cannot be opened.
  explicit LockedFile(const std::filesystem::path& path);
  /// Removes the file if it is empty.
  ~LockedFile();
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  /// Empty for a new file.
  const std::string& text() const { return text_; }
  /// Replaces the text as DurableFile does: a crash leaves the old or the new one. The lock is held
  /// all the time.
  /// @throws std::runtime_error if it cannot be written.
  void replace(std::string_view text);

 private:
  bool lock_same_file();

  std::filesystem::path path_;
  int file_ = -1;
  std::string text_;
};

}  // namespace saccade
