#include "dataset_options.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "saccade/data/dataset_files.h"
#include "saccade/io/unicode.h"

namespace saccade::app {
namespace {

std::shared_ptr<cxxopts::Value> text(bool several) {
  if (several) return cxxopts::value<std::vector<std::string>>();
  return cxxopts::value<std::string>();
}

void add_options(Arguments& arguments, bool several) {
  const std::string again = several ? "; repeatable" : "";
  auto add = arguments.add();
  add("data",
      "data set: a folder (Flickr8k, Flickr30k, COCO, Hugging Face imagefolder, images with a "
      "text file beside each, or with a dataset_*.json, captions.csv or captions.jsonl), or a "
      "caption file: token file, Karpathy JSON, COCO captions JSON, CSV or JSONL of image, "
      "caption[, split]. Splits are taken from the captions, else from lists beside them "
      "(Flickr_8k.trainImages.txt, train.txt), else from file names (train.csv), else from the "
      "images' folders (train/1.jpg)" +
          again,
      text(several), "PATH");
  add("format",
      "caption format: tokens, karpathy, coco, results, dictionary, jsonl, csv or sidecars "
      "(default: detected); required for a folder with captions in several formats" +
          again,
      text(several), "NAME");
  add("images",
      "folder of the images (default: the captions' folder, or images, Flicker8k_Dataset, "
      "flickr30k-images, train2014 and the like in it)" +
          again,
      text(several), "DIR");
  add("holdout",
      "hold out this share of the images as the dev split of a data set that has none, 0 to 0.9 "
      "(default: as at the training of the model, else 0)",
      cxxopts::value<double>(), "SHARE");
  add("holdout-seed", "random seed that chooses the images of --holdout",
      cxxopts::value<std::uint64_t>()->default_value("1"), "N");
  arguments.limit<double>("holdout", 0, 0.9);
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
    throw UsageError(std::string("option --format: ") + error.what());
  }
  return source;
}

/// The values of a repeatable option, one per data set; `otherwise` for each if it is not given.
template <typename T>
std::vector<T> per_source(const Arguments& arguments, const std::string& name, std::size_t sources,
                          const T& otherwise) {
  if (!arguments.has(name)) return std::vector<T>(sources, otherwise);
  const auto values = arguments.get<std::vector<T>>(name);
  if (values.size() == sources) return values;
  throw UsageError("option --" + name + " is given " + std::to_string(values.size()) +
                   " times and --data " + std::to_string(sources) +
                   " times; give it once per data set, in the same order");
}

}  // namespace

void add_dataset_options(Arguments& arguments) { add_options(arguments, false); }

void add_datasets_options(Arguments& arguments) { add_options(arguments, true); }

void add_mixture_options(Arguments& arguments) {
  add_datasets_options(arguments);
  auto add = arguments.add();
  add("share",
      "mean number of times an epoch uses each training image of a data set: 0.5 uses half of them "
      "in one epoch and the others in the next, 2 uses each twice, 0 only validates; once per "
      "--data (default: 1)",
      cxxopts::value<std::vector<double>>(), "X");
  add("validation-weight",
      "weight of a data set's dev split in the mean score that selects the best epoch; once per "
      "--data (default: 1)",
      cxxopts::value<std::vector<double>>(), "X");
}

DatasetSource dataset_source(const Arguments& arguments) {
  if (!arguments.has("data"))
    throw UsageError("missing --data PATH; name a folder or a caption file");
  const auto given = [&](const char* name) {
    return arguments.has(name) ? arguments.get<std::string>(name) : std::string();
  };
  DatasetSource source = source_of(given("data"), given("format"), given("images"));
  source.holdout = holdout_option(arguments);
  return source;
}

std::optional<Holdout> holdout_option(const Arguments& arguments) {
  if (!arguments.has("holdout")) return std::nullopt;
  return Holdout{arguments.get<double>("holdout"), arguments.get<std::uint64_t>("holdout-seed")};
}

std::vector<MixtureOption> mixture_options(const Arguments& arguments) {
  constexpr double kMax = 1000;
  if (!arguments.has("data"))
    throw UsageError("missing --data PATH; name a folder or a caption file");
  const auto paths = arguments.get<std::vector<std::string>>("data");
  const std::size_t n = paths.size();
  const auto formats = per_source<std::string>(arguments, "format", n, "");
  const auto images = per_source<std::string>(arguments, "images", n, "");
  const auto shares = per_source<double>(arguments, "share", n, 1);
  const auto weights = per_source<double>(arguments, "validation-weight", n, 1);
  std::vector<MixtureOption> sources;
  for (std::size_t i = 0; i < n; ++i) {
    Arguments::require_range("share", shares[i], 0, kMax);
    Arguments::require_range("validation-weight", weights[i], 0, kMax);
    sources.push_back({source_of(paths[i], formats[i], images[i]), shares[i], weights[i]});
    sources.back().source.holdout = holdout_option(arguments);
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
    std::cerr << "warning: " << one_line(warnings[i]) << '\n';
  }
  if (warnings.size() > kShown) {
    std::cerr << "warning: and " << warnings.size() - kShown
              << " more; `saccade train --check --json --data …` lists all\n";
  }
}

}  // namespace saccade::app
