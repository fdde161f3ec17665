#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "saccade/metrics/caption_files.h"
#include "saccade/text/caption_records.h"

namespace saccade {
namespace {

/// Collects references by image, in the order in which the images come.
class ReferenceCollector {
 public:
  ReferenceCollector(const std::filesystem::path& path, std::string format) : path_(path) {
    file_.format = std::move(format);
  }

  /// The entry of the image, made when it is new.
  ReferenceEntry& entry(const std::string& image) {
    const auto [place, is_new] = places_.emplace(image_key(image), file_.entries.size());
    if (is_new) file_.entries.push_back({image, "", {}});
    return file_.entries[place->second];
  }
  bool knows(const std::string& image) const { return places_.count(image_key(image)) != 0; }
  void add(ReferenceEntry& entry, std::string caption) {
    if (caption.find_first_not_of(" \t\r\n") == std::string::npos) {
      ++empty_;
    } else {
      entry.captions.push_back(std::move(caption));
    }
  }
  void warn(const std::string& warning) { file_.warnings.push_back(path_.string() + warning); }
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(path_.string() + what);
  }

  ReferenceFile finish() {
    if (empty_ > 0) warn(": " + std::to_string(empty_) + " references are empty and left out");
    auto& entries = file_.entries;
    const auto without = std::stable_partition(entries.begin(), entries.end(),
                                               [](const auto& e) { return !e.captions.empty(); });
    if (without != entries.end()) {
      warn(": " + std::to_string(entries.end() - without) +
           " images have no reference and are left out, the first is " + without->image);
      entries.erase(without, entries.end());
    }
    if (entries.empty()) refuse(": holds no references");
    return std::move(file_);
  }

 private:
  const std::filesystem::path& path_;
  ReferenceFile file_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t empty_ = 0;
};

/// x.jpg.1 → x.jpg, as one line of Flickr8k has it; "" for a name that is in order.
std::string mended_name(const std::string& name) {
  std::size_t digits = name.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1]))) --digits;
  if (digits == name.size() || digits == 0 || name[digits - 1] != '.') return "";
  const std::string mended = name.substr(0, digits - 1);
  for (const char* extension : {".jpg", ".jpeg", ".png"}) {
    const std::string end = extension;
    if (mended.size() > end.size() &&
        mended.compare(mended.size() - end.size(), end.size(), end) == 0) {
      return mended;
    }
  }
  return "";
}

/// The names of a token file, mended; warns once for each.
void mend_name(CaptionRecord& record, std::unordered_set<std::string>& warned,
               ReferenceCollector& collector) {
  const std::string mended = mended_name(record.image);
  if (mended.empty()) return;
  if (warned.insert(record.image).second) {
    collector.warn(", " + record.where + ": the image name \"" + record.image +
                   "\" is malformed and taken as \"" + mended + "\"");
  }
  record.image = mended;
}

}  // namespace

ReferenceFile read_references(const std::filesystem::path& path,
                              const ReferenceFileOptions& options) {
  CaptionRecordOptions how;
  how.tokenized = options.tokenized;
  CaptionRecords file = read_caption_records(path, how);
  ReferenceCollector collector(path, describe(file.format));
  if (!file.malformed.empty()) {
    collector.refuse(", " + file.malformed[0].where + ": " + file.malformed[0].what);
  }
  std::unordered_set<std::string> warned;
  for (CaptionRecord& record : file.records) {
    // COCO's "restval" is training data that came from its validation images.
    const bool wanted = options.split.empty() || record.split == options.split;
    if (!wanted) continue;
    if (file.format == CaptionFormat::tokens) mend_name(record, warned, collector);
    const bool once = file.format == CaptionFormat::karpathy || file.format == CaptionFormat::coco;
    if (once && collector.knows(record.image)) {
      collector.refuse(", " + record.where + ": \"" + record.image + "\" stands there twice");
    }
    ReferenceEntry& entry = collector.entry(record.image);
    if (entry.id.empty()) entry.id = record.id;
    for (std::string& caption : record.captions) collector.add(entry, std::move(caption));
  }
  return collector.finish();
}

}  // namespace saccade
