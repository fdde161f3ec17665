#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "saccade/batch/source.h"

namespace saccade {

/// Finds the images of a folder (see list_images) and those that appear in it later, at any depth,
/// each when it is complete: when it was closed after writing, or moved into the folder. Uses
/// inotify, which does not see what other machines write to a network drive.
class FolderWatch {
 public:
  /// Watches the folder from now on.
  /// @throws std::runtime_error if it cannot be watched.
  FolderWatch(const std::filesystem::path& folder, const SourceOptions& options);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// The images that are there. One that is being written follows from `wait`.
  std::vector<std::string> list();

  /// Waits for images that appear or are written again. After more changes than the system reports,
  /// all images of the folder.
  /// @return nothing after `limit`, or if a signal arrives
  /// @throws std::runtime_error if the folder itself is removed or moved, or a new folder in it
  ///         cannot be watched.
  std::vector<std::string> wait(std::chrono::milliseconds limit);

 private:
  /// What a file was like when it was seen first.
  struct Unsettled {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type written;
    std::chrono::steady_clock::time_point since;
  };

  void watch_folders(const std::filesystem::path& place);
  void scan(const std::filesystem::path& place);
  void forget_below(const std::filesystem::path& folder);
  void read_events();
  void on_event(int watch, std::uint32_t what, const std::string& name);
  void add_if_complete(const std::string& path);
  void add_settled();
  void add(const std::string& path);

  const std::filesystem::path folder_;
  const SourceOptions options_;
  int events_ = -1;
  std::map<int, std::filesystem::path> folders_;  // by watch
  std::map<std::string, Unsettled> unsettled_;
  std::vector<std::string> found_;
  std::unordered_set<std::string> found_set_;
};

}  // namespace saccade
