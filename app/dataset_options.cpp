#include "dataset_options.h"

#include <iostream>

#include "saccade/data/dataset_files.h"

namespace saccade::app {

void add_dataset_options(Arguments& arguments) {
  arguments.add()(
      "data",
      "a folder (Flickr8k's or Flickr30k's, COCO's, or with a dataset_*.json, captions.csv or "
      "captions.jsonl), or a file of captions: token file, Karpathy JSON, COCO captions JSON, CSV "
      "or JSONL of image, caption[, split]. The splits are what the captions say, else lists such "
      "as Flickr_8k.trainImages.txt or train.txt beside them, else what the file names say "
      "(train.csv, val.csv)",
      cxxopts::value<std::string>())(
      "format",
      "of the captions: tokens, karpathy, coco, jsonl or csv (default: by a file's contents; by "
      "the names in a folder, needed where it holds captions in several formats)",
      cxxopts::value<std::string>())(
      "images",
      "the folder of the photographs (default: beside the captions, there or in images, "
      "Flicker8k_Dataset, flickr30k-images, train2014 and the like)",
      cxxopts::value<std::string>());
}

DatasetSource dataset_source(const Arguments& arguments) {
  if (!arguments.has("data")) throw UsageError("--data is missing; name a folder or a file");
  DatasetSource source;
  source.path = arguments.get<std::string>("data");
  if (arguments.has("images")) source.images = arguments.get<std::string>("images");
  if (arguments.has("format")) {
    try {
      source.format = caption_format_from_string(arguments.get<std::string>("format"));
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("--format: ") + error.what());
    }
  }
  return source;
}

std::vector<std::filesystem::path> files_of_dataset(const DatasetSource& source) {
  const DatasetFiles found = find_dataset_files(source);
  std::vector<std::filesystem::path> files;
  for (const SplitFile& file : found.captions) files.push_back(file.path);
  for (const SplitFile& file : found.lists) files.push_back(file.path);
  return files;
}

void print_warnings(const std::vector<std::string>& warnings) {
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(kShown, warnings.size()); ++i) {
    std::cerr << "warning: " << warnings[i] << '\n';
  }
  if (warnings.size() > kShown) {
    std::cerr << "warning: and " << warnings.size() - kShown
              << " more; `saccade train --check --json --data …` lists them all\n";
  }
}

}  // namespace saccade::app
