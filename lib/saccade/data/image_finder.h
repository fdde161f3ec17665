#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saccade {

/// Finds the photographs of a data set below a folder: in it, or in one of the folders that data
/// sets come with (images, Flicker8k_Dataset, flickr30k-images, train2014, …).
class ImageFinder {
 public:
  /// @param folder  as the user or the captions' place says.
  /// @throws std::runtime_error when it is no folder.
  explicit ImageFinder(const std::filesystem::path& folder);

  /// @param name    as the captions have it; an absolute path stands for itself
  /// @param within  the folder that the captions name for it, or ""
  /// @return nothing when there is no such file
  std::optional<std::filesystem::path> find(const std::string& name, const std::string& within);

  /// Where a photograph would be looked for first: what a message names.
  std::filesystem::path expected(const std::string& name) const { return roots_.front() / name; }

 private:
  std::vector<std::filesystem::path> roots_;  ///< that exist; the last success comes first
};

}  // namespace saccade
