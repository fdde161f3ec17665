#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saccade {

/// Finds the images of a data set in a folder or in one of its usual subfolders (images,
/// Flicker8k_Dataset, flickr30k-images, train2014, …).
class ImageFinder {
 public:
  /// @throws std::runtime_error if `folder` is not a folder.
  explicit ImageFinder(const std::filesystem::path& folder);

  /// @param name    the image name in the caption file; an absolute path is used as it is
  /// @param within  the image's folder according to the caption file, or ""
  /// @return std::nullopt if there is no such file
  std::optional<std::filesystem::path> find(const std::string& name, const std::string& within);

  /// The first path at which an image is searched for, for messages.
  std::filesystem::path expected(const std::string& name) const { return roots_.front() / name; }

 private:
  std::vector<std::filesystem::path> roots_;  ///< existing folders; the last successful one first
};

}  // namespace saccade
