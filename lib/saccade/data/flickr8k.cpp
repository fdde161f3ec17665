#include "saccade/data/flickr8k.h"

#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>

namespace saccade {
namespace {

namespace fs = std::filesystem;

std::ifstream open(const fs::path& path) {
  std::ifstream in(path);
  if (!in) {
    throw std::runtime_error(path.string() +
                             ": no such file; a Flickr8k folder holds Flickr8k.token.txt, "
                             "Flickr_8k.trainImages.txt, Flickr_8k.devImages.txt and images/");
  }
  return in;
}

std::string_view trimmed(std::string_view text) {
  constexpr const char* kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_image_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view ending = name.substr(dot);
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

using CaptionsByName = std::map<std::string, std::vector<std::string>, std::less<>>;

CaptionsByName read_tokens(const fs::path& path, std::vector<std::string>& warnings) {
  std::ifstream in = open(path);
  CaptionsByName captions;
  std::string line;
  std::map<std::string, int> malformed;  // name → first line
  for (int number = 1; std::getline(in, line); ++number) {
    if (trimmed(line).empty()) continue;
    const std::string where = path.string() + ":" + std::to_string(number);
    const auto tab = line.find('\t');
    const auto hash = line.rfind('#', tab);
    if (tab == std::string::npos || hash == std::string::npos) {
      throw std::runtime_error(where + ": expected NAME.jpg#K<tab>caption, found \"" +
                               line.substr(0, 60) + "\"");
    }
    const std::string name = line.substr(0, hash);
    const std::string_view caption = trimmed(std::string_view(line).substr(tab + 1));
    if (!is_image_name(name)) {
      malformed.emplace(name, number);
    } else if (caption.empty()) {
      warnings.push_back(where + ": the caption of " + name + " is empty; passed over");
    } else {
      captions[name].emplace_back(caption);
    }
  }
  for (const auto& [name, number] : malformed) {
    warnings.push_back(path.string() + ":" + std::to_string(number) + ": \"" + name +
                       "\" is no image name; its captions are passed over");
  }
  return captions;
}

fs::path image_folder(const fs::path& directory) {
  for (const char* name : {"images", "Images", "Flicker8k_Dataset", "Flickr8k_Dataset"}) {
    if (fs::is_directory(directory / name)) return directory / name;
  }
  throw std::runtime_error(directory.string() +
                           ": holds no folder of photographs named images or Flicker8k_Dataset");
}

}  // namespace

Dataset read_flickr8k(const fs::path& directory, const std::string& split) {
  if (!fs::is_directory(directory)) {
    throw std::runtime_error(directory.string() +
                             ": no such folder; give --data the Flickr8k folder");
  }
  const fs::path list_path = directory / ("Flickr_8k." + split + "Images.txt");
  std::ifstream list = open(list_path);
  Dataset dataset;
  const CaptionsByName captions = read_tokens(directory / "Flickr8k.token.txt", dataset.warnings);
  const fs::path images = image_folder(directory);
  std::string line;
  for (int number = 1; std::getline(list, line); ++number) {
    const std::string name(trimmed(line));
    if (name.empty()) continue;
    const std::string where = list_path.string() + ":" + std::to_string(number) + ": ";
    const auto found = captions.find(name);
    if (found == captions.end()) {
      throw std::runtime_error(where + name + " has no caption in Flickr8k.token.txt");
    }
    const fs::path file = images / name;
    if (!fs::exists(file)) throw std::runtime_error(where + file.string() + " does not exist");
    dataset.images.push_back({name, file, found->second});
  }
  if (dataset.images.empty()) throw std::runtime_error(list_path.string() + ": lists no image");
  return dataset;
}

}  // namespace saccade
