#include "saccade/data/dataset_files.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "saccade/io/file_format.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// The format of a caption file according to its name.
std::optional<CaptionFormat> announced_format(const std::string& name) {
  const bool token_file = ends_with(name, ".token.txt") || ends_with(name, ".token");
  if (token_file && name.find("lemma") == name.npos) return CaptionFormat::tokens;
  if (ends_with(name, ".json")) {
    if (starts_with(name, "dataset")) return CaptionFormat::karpathy;
    if (starts_with(name, "captions_")) return CaptionFormat::coco;
  }
  const bool by_split = !split_of_file_name(name).empty() || starts_with(name, "captions.") ||
                        starts_with(name, "metadata.");
  if (by_split && ends_with(name, ".jsonl")) return CaptionFormat::jsonl;
  if (by_split && ends_with(name, ".csv")) return CaptionFormat::csv;
  if (name == "captions.txt" || name == "results.csv") return CaptionFormat::csv;
  return std::nullopt;
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!fs::is_directory(at->path())) files.push_back(at->path());
  }
  if (error) {
    throw std::runtime_error(folder.string() + ": cannot be listed: " + error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_list(const fs::path& path) {
  return path.extension() == ".txt" && !split_of_file_name(path).empty() &&
         !announced_format(lower_ascii(path.filename().string()));
}

/// The caption files of a folder, all of one format; none if no name is known.
std::vector<fs::path> caption_files(const DatasetSource& source) {
  std::vector<fs::path> files = files_of(source.path);
  if (fs::is_directory(source.path / "annotations")) {
    const auto more = files_of(source.path / "annotations");
    files.insert(files.end(), more.begin(), more.end());
  }
  std::vector<fs::path> found;
  std::optional<CaptionFormat> format = source.format;
  for (const fs::path& file : files) {
    const auto announced = announced_format(lower_ascii(file.filename().string()));
    if (!announced || (source.format && *announced != *source.format)) continue;
    if (format && *announced != *format) {
      throw std::runtime_error(source.path.string() + ": contains both " + describe(*format) +
                               " (" + found.front().filename().string() + ") and " +
                               describe(*announced) + " (" + file.filename().string() +
                               "); give the file to read");
    }
    format = announced;
    found.push_back(file);
  }
  const bool one_per_split = std::none_of(found.begin(), found.end(), [](const fs::path& file) {
    return split_of_file_name(file).empty();
  });
  if (found.size() > 1 && !one_per_split) {
    throw std::runtime_error(source.path.string() + ": contains several caption files, " +
                             found[0].filename().string() + " and " + found[1].filename().string() +
                             "; give the one to read");
  }
  return found;
}

/// The metadata files in the folders of the splits, as in Hugging Face's imagefolder.
std::vector<SplitFile> metadata_of_splits(const fs::path& folder) {
  std::vector<SplitFile> found;
  for (const char* split : {"train", "validation", "valid", "val", "dev", "test"}) {
    for (const char* name : {"metadata.jsonl", "metadata.csv"}) {
      const fs::path file = folder / split / name;
      if (fs::is_regular_file(file)) found.push_back({file, canonical_split(split), split, ""});
    }
  }
  return found;
}

bool is_hidden_name(const fs::path& path) { return starts_with(path.filename().string(), "."); }

/// The images below a folder and the text files beside them, by name.
void find_sidecars(const fs::path& folder, DatasetFiles& files) {
  std::map<std::string, fs::path> texts;  // by path without extension
  std::vector<fs::path> images;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    if (is_hidden_name(path)) {
      at.disable_recursion_pending();
    } else if (path.extension() == ".txt" || path.extension() == ".caption") {
      texts.emplace(fs::path(path).replace_extension().string(), path);
    } else if (has_image_extension(path) && !fs::is_directory(path)) {
      images.push_back(path);
    }
  }
  if (error) throw std::runtime_error(folder.string() + ": cannot be listed: " + error.message());
  std::sort(images.begin(), images.end());
  for (const fs::path& image : images) {
    const auto text = texts.find(fs::path(image).replace_extension().string());
    if (text == texts.end()) {
      files.uncaptioned.push_back(image);
    } else {
      files.captions.push_back({text->second, "", "", image.lexically_relative(folder).string()});
    }
  }
  if (files.captions.empty()) files.uncaptioned.clear();
}

/// The captions of a folder.
void find_captions_in(const DatasetSource& source, DatasetFiles& files) {
  files.folder = source.path;
  const bool sidecars = source.format == CaptionFormat::sidecars;
  if (!sidecars) {
    for (const fs::path& file : caption_files(source)) {
      files.captions.push_back({file, split_of_file_name(file), "", ""});
      files.folder = file.parent_path();
    }
    const bool table = !source.format || source.format == CaptionFormat::jsonl ||
                       source.format == CaptionFormat::csv;
    if (files.captions.empty() && table) files.captions = metadata_of_splits(source.path);
  }
  if (files.captions.empty() && (sidecars || !source.format)) find_sidecars(source.path, files);
  if (!files.captions.empty()) return;
  throw std::runtime_error(
      source.path.string() + ": contains no " +
      (source.format ? std::string(describe(*source.format)) : "caption file") +
      (sidecars
           ? ", such as a.txt for a.jpg"
           : " with a standard name (*.token.txt, dataset*.json, captions_*.json, captions.csv, "
             "captions.jsonl, metadata.jsonl or results.csv, or a.txt for a.jpg); give the file "
             "itself"));
}

/// `path` and the files in its folder whose names differ from it only in the split.
std::vector<fs::path> likes_of(const fs::path& path) {
  const auto blank = [](const fs::path& file) {  // the name with a placeholder for the split
    std::string name = lower_ascii(file.filename().string());
    for (const char* word : {"train", "validation", "valid", "val", "dev", "test"}) {
      const std::size_t at = name.find(word);
      if (at != name.npos) return name.replace(at, std::string_view(word).size(), "*");
    }
    return name;
  };
  std::vector<fs::path> likes;
  for (const fs::path& file : files_of(path.has_parent_path() ? path.parent_path() : ".")) {
    const bool same = file.filename() == path.filename();
    if (same || (!split_of_file_name(file).empty() && blank(file) == blank(path))) {
      likes.push_back(same ? path : path.parent_path() / file.filename());
    }
  }
  return likes;
}

}  // namespace

std::string canonical_split(const std::string& name) {
  const std::string split = lower_ascii(name);
  for (const char* dev : {"val", "valid", "validation", "dev"}) {
    if (split == dev) return "dev";
  }
  return split == "restval" ? "train" : split;
}

std::string split_of_file_name(const fs::path& path) {
  const std::string name = lower_ascii(path.filename().string());
  for (std::size_t start = 0; start < name.size();) {
    const std::size_t stop = std::min(name.find_first_of("._-", start), name.size());
    std::string part = name.substr(start, stop - start);
    if (ends_with(part, "images")) part.resize(part.size() - 6);
    while (!part.empty() && std::isdigit(static_cast<unsigned char>(part.back()))) part.pop_back();
    const std::string split = canonical_split(part);
    if (split == "train" || split == "dev" || split == "test") return split;
    start = stop + 1;
  }
  return "";
}

std::string split_of_folder(const std::string& image) {
  const std::size_t slash = image.find('/');
  const std::string split = slash == image.npos ? "" : canonical_split(image.substr(0, slash));
  return split == "train" || split == "dev" || split == "test" ? split : "";
}

DatasetFiles find_dataset_files(const DatasetSource& source) {
  if (!fs::exists(source.path)) {
    throw std::runtime_error(source.path.string() +
                             ": no such file or folder; give a data set folder or a caption file");
  }
  DatasetFiles files;
  if (fs::is_directory(source.path)) {
    find_captions_in(source, files);
  } else {
    std::vector<fs::path> captions{source.path};
    if (!split_of_file_name(source.path).empty()) captions = likes_of(source.path);
    for (const fs::path& file : captions) {
      files.captions.push_back({file, split_of_file_name(file), "", ""});
    }
    files.folder = source.path.parent_path();
  }
  if (files.folder.empty()) files.folder = ".";
  std::set<fs::path> captions;
  for (const SplitFile& file : files.captions) captions.insert(file.path.lexically_normal());
  for (const fs::path& file : files_of(files.folder)) {
    if (captions.count(file.lexically_normal()) != 0 || !is_list(file)) continue;
    const std::string split = split_of_file_name(file);
    for (const SplitFile& other : files.lists) {
      if (other.split != split) continue;
      throw std::runtime_error(files.folder.string() + ": contains two lists of the split " +
                               split + ", " + other.path.filename().string() + " and " +
                               file.filename().string() + "; keep one");
    }
    files.lists.push_back({file, split, "", ""});
  }
  if (files.folder.filename() == "annotations") files.folder = files.folder.parent_path();
  if (files.folder.empty()) files.folder = ".";
  return files;
}

namespace {

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
