#include "saccade/data/dataset_listing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "saccade/data/dataset_files.h"
#include "saccade/io/file_format.h"
#include "saccade/io/text_file.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Whether the caption contains anything that tokenization may keep.
bool holds_word(const std::string& caption) {
  return std::any_of(caption.begin(), caption.end(),
                     [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; });
}

/// Collects the records of the caption files by image.
class Listing {
 public:
  explicit Listing(const DatasetSource& source) : source_(source) { out_.path = source.path; }

  DatasetListing read() {
    const DatasetFiles files = find_dataset_files(source_);
    for (const SplitFile& file : files.captions) {
      if (file.image.empty()) {
        read_captions(file);
      } else {
        read_sidecar(file);
      }
    }
    for (const fs::path& image : files.uncaptioned) {
      fault(DatasetFaultKind::malformed, "",
            image.string() + ": has no text file beside it; skipped");
    }
    const bool stated = std::any_of(entries_.begin(), entries_.end(),
                                    [](const Entry& entry) { return !entry.listed.split.empty(); });
    if (!stated && !files.lists.empty()) {
      out_.from_lists = true;
      for (const SplitFile& list : files.lists) read_list(list);
    } else {
      for (Entry& entry : entries_) {
        if (!stated) entry.listed.split = entry.split_of_file;
        if (entry.listed.split.empty()) {
          entry.listed.split = split_of_folder(entry.listed.image.name);
        }
        add(std::move(entry.listed), entry.folder);
      }
    }
    if (source_.holdout) hold_out(*source_.holdout);
    find_images(source_.images.empty() ? files.folder : source_.images);
    return std::move(out_);
  }

 private:
  struct Entry {
    ListedImage listed;
    std::string folder, split_of_file;
  };

  void fault(DatasetFaultKind kind, const std::string& split, std::string message) {
    out_.faults.push_back({kind, split, std::move(message)});
  }

  void read_captions(const SplitFile& file) {
    CaptionRecordOptions options;
    options.format = source_.format;
    options.labels = true;
    CaptionRecords read = read_caption_records(file.path, options);
    out_.format = read.format;
    const std::string path = file.path.string();
    for (const auto* records : {&read.malformed, &read.repaired}) {
      for (const MalformedRecord& bad : *records) {
        fault(DatasetFaultKind::malformed, file.split, path + ", " + bad.where + ": " + bad.what);
      }
    }
    if (read.failures > 0) {
      fault(DatasetFaultKind::malformed, file.split,
            path + ": " + std::to_string(read.failures) + " lines record an error or no caption");
    }
    std::unordered_set<std::string> no_names;
    for (CaptionRecord& record : read.records) {
      const std::string where = path + ", " + record.where;
      if (read.format == CaptionFormat::tokens && !has_image_extension(record.image)) {
        if (no_names.insert(record.image).second) {
          fault(
              DatasetFaultKind::malformed, file.split,
              where + ": \"" + record.image + "\" is not an image name; its captions are skipped");
        }
        continue;
      }
      if (!file.folder.empty()) record.image.insert(0, file.folder + '/');
      Entry& entry = entry_of(record, file, where);
      if (!record.labels.empty()) entry.listed.image.labels = std::move(record.labels);
      for (const std::string& caption : record.captions) add_caption(caption, where, entry);
    }
  }

  /// Reads the text file of an image, a caption per line.
  void read_sidecar(const SplitFile& file) {
    out_.format = CaptionFormat::sidecars;
    std::string text;
    try {
      text = read_utf8_file(file.path);
    } catch (const std::runtime_error& error) {
      fault(DatasetFaultKind::malformed, "",
            std::string(error.what()) + "; " + file.image + " is skipped");
      return;
    }
    CaptionRecord record;
    record.image = file.image;
    const std::string path = file.path.string();
    Entry& entry = entry_of(record, file, path);
    for_each_line(text, [&](std::size_t number, const std::string& line) {
      add_caption(line, path + ", line " + std::to_string(number), entry);
    });
  }

  void add_caption(const std::string& caption, const std::string& where, Entry& entry) {
    CaptionedImage& image = entry.listed.image;
    if (holds_word(caption)) {
      image.captions.push_back(trimmed(caption));
    } else {
      fault(DatasetFaultKind::empty_caption, entry.listed.split,
            where + ": a caption of " + image.name + " contains no word; skipped");
    }
  }

  /// The entry of the image, created if it is new. An image in two splits has two entries.
  Entry& entry_of(const CaptionRecord& record, const SplitFile& file, const std::string& where) {
    const std::string split = canonical_split(record.split);
    const std::string key = split + '\n' + (split.empty() ? file.split : "") + '\n' +
                            record.folder + '\n' + record.image;
    const auto [place, is_new] = places_.emplace(key, entries_.size());
    if (is_new) {
      Entry& entry = entries_.emplace_back();
      entry.listed.image.name = record.image;
      entry.listed.split = split;
      entry.listed.where = where;
      entry.folder = record.folder;
      entry.split_of_file = file.split;
      by_name_.emplace(record.image, place->second);
    }
    return entries_[place->second];
  }

  void read_list(const SplitFile& list) {
    std::unordered_set<std::string> seen;
    for_each_line(read_utf8_file(list.path), [&](std::size_t number, const std::string& line) {
      ListedImage listed;
      listed.image.name = trimmed(line);
      listed.split = list.split;
      listed.where = list.path.string() + ", line " + std::to_string(number);
      std::string folder;
      auto found = by_name_.find(listed.image.name);
      if (found == by_name_.end()) found = by_name_.find(listed.image.name + ".jpg");
      if (found != by_name_.end()) {
        const Entry& entry = entries_[found->second];
        listed.image = entry.listed.image;
        folder = entry.folder;
      }
      if (seen.insert(listed.image.name).second) {
        add(std::move(listed), folder);
      } else {
        fault(DatasetFaultKind::repeated, list.split,
              listed.where + ": " + listed.image.name + " is already in the list; skipped");
      }
    });
  }

  void add(ListedImage listed, const std::string& folder) {
    folders_.push_back(folder);
    out_.images.push_back(std::move(listed));
  }

  /// Makes a dev split of the training images, and of the images without a split, if there is none.
  void hold_out(const Holdout& holdout) {
    std::vector<std::pair<double, ListedImage*>> candidates;
    for (ListedImage& listed : out_.images) {
      if (listed.has_only_labels()) {  // of no use for validation
        if (listed.split.empty()) listed.split = "train";
        continue;
      }
      if (listed.split == "dev") return;
      if (!listed.split.empty() && listed.split != "train") continue;
      candidates.emplace_back(holdout_position(listed.image.name, holdout.seed), &listed);
    }
    if (holdout.share <= 0 || candidates.empty()) return;
    if (candidates.size() == 1) {
      throw std::runtime_error(out_.path.string() +
                               ": contains one image; a dev split can be held out of two or more");
    }
    // At least one image on each side.
    const auto [lowest, highest] = std::minmax_element(candidates.begin(), candidates.end());
    const double least = lowest->first, most = highest->first;
    for (const auto& [position, listed] : candidates) {
      const bool dev = position == least || (position < holdout.share && position != most);
      listed->split = dev ? "dev" : "train";
      if (dev) ++out_.held_out;
    }
  }

  void find_images(const fs::path& folder) {
    ImageFinder finder(folder);
    for (std::size_t i = 0; i < out_.images.size(); ++i) {
      ListedImage& listed = out_.images[i];
      const auto file = finder.find(listed.image.name, folders_[i]);
      listed.present = file.has_value();
      listed.image.file = file ? *file : finder.expected(listed.image.name);
      if (!listed.image.captions.empty()) listed.image.labels.clear();
      if (listed.image.captions.empty() && listed.image.labels.empty()) {
        fault(DatasetFaultKind::no_caption, listed.split,
              listed.where + ": " + listed.image.name + " has no caption in " +
                  (out_.from_lists ? "the caption file" : "this file"));
      }
      if (!listed.present) {
        fault(DatasetFaultKind::absent_image, listed.split,
              listed.where + ": " + listed.image.file.string() + " does not exist");
      }
    }
  }

  const DatasetSource& source_;
  DatasetListing out_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_, by_name_;
  std::vector<std::string> folders_;  // according to the captions, per image of out_
};

[[noreturn]] void refuse_missing(const DatasetListing& listing, const std::string& split) {
  const std::vector<std::string> splits = listing.splits();
  if (splits == std::vector<std::string>{""}) {
    throw std::runtime_error(listing.path.string() + ": has no splits; hold out a share of its " +
                             std::to_string(listing.images.size()) +
                             " images as the dev split with --holdout 0.1, or give each image's "
                             "\"split\" in the captions "
                             "or lists of names beside them (train.txt, dev.txt)");
  }
  std::map<std::string, std::size_t> counts;
  std::size_t labelled = 0;
  for (const ListedImage& listed : listing.images) {
    if (!listed.has_only_labels()) ++counts[listed.split];
    if (listed.has_only_labels() && (split == "all" || listed.split == split)) ++labelled;
  }
  if (labelled > 0) {
    throw std::runtime_error(listing.path.string() + ": the " + std::to_string(labelled) +
                             " images of the split \"" + split +
                             "\" have labels but no captions; expected images with captions");
  }
  std::string found;
  for (const std::string& name : splits) {
    found += (found.empty() ? "" : ", ") + (name.empty() ? "without a split" : "split " + name) +
             ": " + std::to_string(counts[name]) + " images";
  }
  std::string mend = "expected its name in the \"split\" of the captions";
  const auto malformed = std::find_if(
      listing.faults.begin(), listing.faults.end(),
      [](const DatasetFault& fault) { return fault.kind == DatasetFaultKind::malformed; });
  if (listing.images.empty() && malformed != listing.faults.end()) {
    mend = malformed->message;
  } else if (listing.from_lists || listing.format == CaptionFormat::tokens) {
    mend = "expected a list of its images next to the captions, such as Flickr_8k." + split +
           "Images.txt";
  } else if (listing.format == CaptionFormat::coco) {
    mend = "expected a file of its own, such as captions_" +
           std::string(split == "dev" ? "val" : split) + "2017.json";
  }
  if (split == "dev") mend += ", or --holdout 0.1 to hold out a share of the training images";
  throw std::runtime_error(listing.path.string() + ": has no image of the split \"" + split +
                           "\" (" + (found.empty() ? "found no images" : found) + "); " + mend);
}

}  // namespace

std::vector<std::string> DatasetListing::splits() const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const char* usual : {"train", "dev", "test"}) {
    const bool is_there = std::any_of(images.begin(), images.end(), [&](const ListedImage& listed) {
      return listed.split == usual;
    });
    if (is_there) add(usual);
  }
  for (const ListedImage& listed : images) add(listed.split);
  return names;
}

DatasetListing list_dataset(const DatasetSource& source) { return Listing(source).read(); }

Dataset select_split(const DatasetListing& listing, const std::string& name, bool with_labels) {
  const std::string split = canonical_split(name);
  const auto wanted = [&](const std::string& of) { return split == "all" || of == split; };
  Dataset dataset;
  std::vector<const std::string*> fatal;
  for (const DatasetFault& fault : listing.faults) {
    const bool passed_over = fault.kind == DatasetFaultKind::malformed ||
                             fault.kind == DatasetFaultKind::empty_caption ||
                             fault.kind == DatasetFaultKind::repeated;
    if (passed_over && (wanted(fault.split) || fault.split.empty())) {
      dataset.warnings.push_back(fault.message);
    } else if (!passed_over && wanted(fault.split)) {
      fatal.push_back(&fault.message);
    }
  }
  if (!fatal.empty()) {
    throw std::runtime_error(*fatal[0] +
                             (fatal.size() > 1
                                  ? "; the same applies to " + std::to_string(fatal.size() - 1) +
                                        " more images of the split " + split
                                  : ""));
  }
  for (const ListedImage& listed : listing.images) {
    if (!wanted(listed.split) || (listed.has_only_labels() && !with_labels)) continue;
    dataset.images.push_back(listed.image);
  }
  if (dataset.images.empty()) refuse_missing(listing, split);
  return dataset;
}

Dataset read_dataset(const DatasetSource& source, const std::string& split) {
  return select_split(list_dataset(source), split);
}

}  // namespace saccade
