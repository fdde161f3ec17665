#pragma once

#include <filesystem>
#include <string_view>

namespace saccade {

/// Makes a folder and those above it, where they are not there.
/// @throws std::runtime_error naming it.
void make_folder(const std::filesystem::path& path);

/// @throws std::runtime_error naming the file.
void write_bytes(const std::filesystem::path& path, std::string_view bytes);

/// Renames, replacing what is there. @throws std::runtime_error naming `to`.
void move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// A folder within the output folder that everything is written into first; removed with this
/// object.
class Stage {
 public:
  /// Makes both. @throws std::runtime_error naming the folder that cannot be made.
  explicit Stage(const std::filesystem::path& directory);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace saccade
