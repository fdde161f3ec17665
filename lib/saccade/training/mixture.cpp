#include "saccade/training/mixture.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

void append(Dataset& all, Dataset more) {
  std::move(more.images.begin(), more.images.end(), std::back_inserter(all.images));
  std::move(more.warnings.begin(), more.warnings.end(), std::back_inserter(all.warnings));
}

bool has_images(const DatasetListing& listing, const std::string& split) {
  return std::any_of(listing.images.begin(), listing.images.end(), [&](const ListedImage& image) {
    return image.split == split && !image.has_only_labels();
  });
}

using Files = std::set<std::filesystem::path>;

std::filesystem::path plain(const std::filesystem::path& file) {
  return std::filesystem::absolute(file).lexically_normal();
}

/// The files of all images with captions, of all splits.
Files captioned_files(const std::vector<MixtureSource>& sources) {
  Files files;
  for (const MixtureSource& source : sources) {
    for (const ListedImage& image : source.listing.images) {
      if (!image.image.captions.empty()) files.insert(plain(image.image.file));
    }
  }
  return files;
}

/// Removes images with labels that have captions elsewhere.
void drop_captioned(const Files& captioned, const std::string& source, Dataset& train) {
  const auto dropped =
      std::remove_if(train.images.begin(), train.images.end(), [&](const CaptionedImage& image) {
        return image.captions.empty() && captioned.count(plain(image.file)) != 0;
      });
  const auto count = std::distance(dropped, train.images.end());
  if (count == 0) return;
  train.images.erase(dropped, train.images.end());
  train.warnings.push_back(source + ": the labels of " + std::to_string(count) +
                           " images are not used, since the images have captions");
}

}  // namespace

std::vector<std::string> source_names(const std::vector<MixtureSource>& sources) {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const MixtureSource& source : sources) {
    const auto path = std::filesystem::absolute(source.listing.path).lexically_normal();
    const std::string name =
        path_text((path.has_filename() ? path : path.parent_path()).filename());
    const int number = ++seen[name];
    names.push_back(number == 1 ? name : name + " " + std::to_string(number));
  }
  return names;
}

Dataset training_split(const MixtureSource& source) {
  return source.share > 0 ? select_split(source.listing, "train", /*with_labels=*/true) : Dataset{};
}

Dataset dev_split(const MixtureSource& source) {
  return has_images(source.listing, "dev") ? select_split(source.listing, "dev") : Dataset{};
}

std::string no_dev_message(const std::vector<MixtureSource>& sources) {
  if (sources.size() != 1) {
    return "none of the data sets has an image of the split \"dev\"; hold out a share of the "
           "images "
           "with --holdout 0.1, or add a data set with such a split, with --share 0 to use it only "
           "for validation";
  }
  try {
    select_split(sources.front().listing, "dev");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

Mixture mix(const std::vector<MixtureSource>& sources) {
  const std::vector<std::string> names = source_names(sources);
  const Files captioned = captioned_files(sources);
  Mixture mixture;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Dataset train = training_split(sources[i]), dev = dev_split(sources[i]);
    drop_captioned(captioned, names[i], train);
    mixture.shares.push_back({train.images.size(), sources[i].share});
    append(mixture.train, std::move(train));
    if (dev.images.empty()) continue;
    mixture.dev.push_back({names[i], std::move(dev), sources[i].validation_weight});
  }
  if (mixture.train.images.empty()) {
    throw std::runtime_error(
        "every data set has the share 0; give at least one of them a larger share");
  }
  if (mixture.dev.empty()) throw std::runtime_error(no_dev_message(sources));
  const bool weighed = std::any_of(mixture.dev.begin(), mixture.dev.end(),
                                   [](const DevSplit& dev) { return dev.weight > 0; });
  if (!weighed) {
    throw std::runtime_error(
        "every dev split has the validation weight 0; give at least one of them a larger weight");
  }
  return mixture;
}

}  // namespace saccade
