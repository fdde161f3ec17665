#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace saccade {

/// A file's bytes as memory. Private to this process: pages are read when they are touched, and
/// writing to them changes the process's copy, never the file.
class MappedFile {
 public:
  /// @throws std::runtime_error naming the file when it is absent, no regular file or unreadable.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  char* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::string_view bytes() const { return {data_, size_}; }

 private:
  std::filesystem::path path_;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace saccade
