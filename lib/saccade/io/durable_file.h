#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace saccade {

/// A file that is written atomically: after a crash at any time, either the complete new file or
/// the previous state is there. The data goes to an unnamed or temporary file in the same folder;
/// `commit` flushes it to disk and renames it. Without `commit`, the destructor discards the data.
/// A replaced file keeps its permissions and, where the process may set them, its owner, group and
/// extended attributes. If the path is a symbolic link, its target is replaced.
///
/// Pipes, character devices and the process's own descriptors (/dev/stdout, /dev/fd/N) are written
/// directly.
class DurableFile {
 public:
  /// @throws std::runtime_error naming the file, like all members; here also for a folder or a
  ///         block device.
  explicit DurableFile(const std::filesystem::path& path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(const void* data, std::size_t size);
  void write(std::string_view bytes) { write(bytes.data(), bytes.size()); }
  void commit();
  /// As `commit`, for a regular file. The new file is locked (flock) before it gets its name.
  /// @return its descriptor, which the caller closes
  int commit_locked();

 private:
  void open_beside();
  void move_into_place();

  std::filesystem::path path_;       // as given, for messages
  std::filesystem::path place_;      // what is replaced; empty: write directly
  std::filesystem::path temporary_;  // empty: the file is still unnamed
  int file_ = -1;
};

/// Flushes a folder's directory entries to disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace saccade
