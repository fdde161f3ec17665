#include "dataset_options.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "saccade/data/dataset_files.h"

namespace saccade::app {
namespace {

std::shared_ptr<cxxopts::Value> text(bool several) {
  if (several) return cxxopts::value<std::vector<std::string>>();
  return cxxopts::value<std::string>();
}

void add_options(Arguments& arguments, bool several) {
  arguments.add()(
      "data",
      "a folder (Flickr8k's or Flickr30k's, COCO's, or with a dataset_*.json, captions.csv or "
      "captions.jsonl), or a file of captions: token file, Karpathy JSON, COCO captions JSON, CSV "
      "or JSONL of image, caption[, split]. The splits are what the captions say, else lists such "
      "as Flickr_8k.trainImages.txt or train.txt beside them, else what the file names say "
      "(train.csv, val.csv)",
      text(several))(
      "format",
      "of the captions: tokens, karpathy, coco, jsonl or csv (default: by a file's contents; by "
      "the names in a folder, needed where it holds captions in several formats)",
      text(several))(
      "images",
      "the folder of the photographs (default: beside the captions, there or in images, "
      "Flicker8k_Dataset, flickr30k-images, train2014 and the like)",
      text(several));
}

DatasetSource source_of(const std::string& path, const std::string& format,
                        const std::string& images) {
  DatasetSource source;
  source.path = path;
  source.images = images;
  if (format.empty()) return source;
  try {
    source.format = caption_format_from_string(format);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--format: ") + error.what());
  }
  return source;
}

/// A repeated option's values, one per data set; `otherwise` for all where it is not given.
template <typename T>
std::vector<T> per_source(const Arguments& arguments, const std::string& name, std::size_t sources,
                          const T& otherwise) {
  if (!arguments.has(name)) return std::vector<T>(sources, otherwise);
  const auto values = arguments.get<std::vector<T>>(name);
  if (values.size() == sources) return values;
  throw UsageError("option --" + name + " is given " + std::to_string(values.size()) +
                   " times and --data " + std::to_string(sources) +
                   " times; give it once for each data set, in their order");
}

}  // namespace

void add_dataset_options(Arguments& arguments) { add_options(arguments, false); }

void add_datasets_options(Arguments& arguments) { add_options(arguments, true); }

void add_mixture_options(Arguments& arguments) {
  add_datasets_options(arguments);
  arguments.add()(
      "share",
      "how often an epoch draws each training photograph of a data set, on average: 0.5 draws half "
      "of them in one epoch and the others in the next, 2 draws each twice, 0 none, so that it is "
      "only validated on (default: 1)",
      cxxopts::value<std::vector<double>>())(
      "validation-weight",
      "of a data set's dev split in the mean of the scores that the best epoch is chosen by "
      "(default: 1)",
      cxxopts::value<std::vector<double>>());
}

DatasetSource dataset_source(const Arguments& arguments) {
  if (!arguments.has("data")) throw UsageError("--data is missing; name a folder or a file");
  const auto given = [&](const char* name) {
    return arguments.has(name) ? arguments.get<std::string>(name) : std::string();
  };
  return source_of(given("data"), given("format"), given("images"));
}

std::vector<MixtureOption> mixture_options(const Arguments& arguments) {
  constexpr double kMost = 1000;
  if (!arguments.has("data")) throw UsageError("--data is missing; name a folder or a file");
  const auto paths = arguments.get<std::vector<std::string>>("data");
  const std::size_t n = paths.size();
  const auto formats = per_source<std::string>(arguments, "format", n, "");
  const auto images = per_source<std::string>(arguments, "images", n, "");
  const auto shares = per_source<double>(arguments, "share", n, 1);
  const auto weights = per_source<double>(arguments, "validation-weight", n, 1);
  std::vector<MixtureOption> sources;
  for (std::size_t i = 0; i < n; ++i) {
    Arguments::require_range("share", shares[i], 0, kMost);
    Arguments::require_range("validation-weight", weights[i], 0, kMost);
    sources.push_back({source_of(paths[i], formats[i], images[i]), shares[i], weights[i]});
  }
  return sources;
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
