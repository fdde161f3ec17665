#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace saccade {

/// A file that is either wholly there or not at all, whenever the machine stops: it is written
/// beside its place under another name, flushed to the disk and renamed by `commit`. Destroyed
/// without `commit` it leaves nothing, and what was at its place stays.
class DurableFile {
 public:
  /// @throws std::runtime_error naming the file, as all of this.
  explicit DurableFile(const std::filesystem::path& path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(const void* data, std::size_t size);
  void write(std::string_view bytes) { write(bytes.data(), bytes.size()); }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int file_ = -1;
};

/// A name in the same folder that no other process or call uses.
std::filesystem::path temporary_name_beside(const std::filesystem::path& path);

/// Flushes a folder's list of names to the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace saccade
