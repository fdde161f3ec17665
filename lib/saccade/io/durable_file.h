#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace saccade {

/// A file that is either wholly there or not at all, whenever the machine stops: it is written
/// without a name or beside its place, flushed to the disk and renamed by `commit`. Destroyed
/// without `commit` it leaves nothing, and what was at its place stays. A file that is replaced
/// hands on its permissions; of a link, what it points to is replaced.
///
/// Pipes, character devices and the process's own descriptors (/dev/stdout, /dev/fd/N) are written
/// directly.
class DurableFile {
 public:
  /// @throws std::runtime_error naming the file, as all of this; here also for a folder or a block
  ///         device.
  explicit DurableFile(const std::filesystem::path& path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(const void* data, std::size_t size);
  void write(std::string_view bytes) { write(bytes.data(), bytes.size()); }
  void commit();

 private:
  void open_beside();

  std::filesystem::path path_;       // as given, for messages
  std::filesystem::path place_;      // what is replaced; empty: written directly
  std::filesystem::path temporary_;  // empty: the file has no name yet
  int file_ = -1;
};

/// Flushes a folder's list of names to the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace saccade
