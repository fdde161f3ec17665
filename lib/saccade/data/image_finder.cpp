#include "saccade/data/image_finder.h"

#include <algorithm>
#include <stdexcept>

namespace saccade {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_directory(status);
}

}  // namespace

ImageFinder::ImageFinder(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw std::runtime_error(folder.string() + ": no such image folder");
  }
  for (const char* name : {"images", "Images", "Flicker8k_Dataset", "Flickr8k_Dataset",
                           "flickr30k-images", "flickr30k_images", "train2014", "val2014",
                           "test2014", "train2017", "val2017", "test2017"}) {
    if (fs::is_directory(folder / name)) roots_.push_back(folder / name);
  }
  roots_.push_back(folder);
}

std::optional<fs::path> ImageFinder::find(const std::string& name, const std::string& within) {
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    fs::path path = roots_[i] / name;
    if (!is_file(path) && !within.empty()) path = roots_[i] / within / name;
    if (!is_file(path)) continue;
    std::rotate(roots_.begin(), roots_.begin() + std::ptrdiff_t(i),
                roots_.begin() + std::ptrdiff_t(i) + 1);
    return path;
  }
  return std::nullopt;
}

}  // namespace saccade
