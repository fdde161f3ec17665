#include "saccade/batch/source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace saccade {

namespace fs = std::filesystem;

namespace {

void add_images_under(const fs::path& folder, std::vector<std::string>& paths) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;  // an entry that vanishes meanwhile is neither folder nor file
    const fs::directory_entry& entry = *entries;
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      add_images_under(entry.path(), paths);
    } else if (entry.is_regular_file(ignored) && has_image_extension(entry.path())) {
      paths.push_back(entry.path().string());
    }
  }
  if (error) paths.push_back(folder.string());
}

}  // namespace

bool has_image_extension(const fs::path& path) {
  static constexpr std::array kExtensions{".jpg",  ".jpeg", ".jpe",  ".png",
                                          ".webp", ".tif",  ".tiff", ".bmp"};
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::vector<std::string> read_list(std::istream& in) {
  std::vector<std::string> paths;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) paths.push_back(line);
  }
  return paths;
}

std::vector<std::string> list_images(const fs::path& source) {
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (!fs::exists(status)) {
    throw std::runtime_error("no such file or folder: " + source.string());
  }
  if (fs::is_directory(status)) {
    // The one folder that was asked for must be readable; below it, see the header.
    const fs::directory_iterator readable(source, error);
    if (error) {
      throw std::runtime_error("cannot read the folder " + source.string() + ": " +
                               error.message());
    }
    std::vector<std::string> paths;
    add_images_under(source, paths);
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  if (has_image_extension(source)) return {source.string()};
  std::ifstream list(source);
  if (!list) throw std::runtime_error("cannot read the list of images " + source.string());
  return read_list(list);
}

}  // namespace saccade
