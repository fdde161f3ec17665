#include "saccade/metrics/caption_files.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "saccade/io/text_file.h"
#include "saccade/io/unicode.h"
#include "saccade/metrics/image_matching.h"
#include "saccade/text/caption_records.h"

namespace saccade {
namespace {

[[noreturn]] void refuse_entry(const std::filesystem::path& path, const std::string& where,
                               const std::string& what) {
  throw std::runtime_error(path.string() + ", " + where + ": " + what);
}

bool is_blank(const std::string& caption) {
  return caption.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// The image's name with the folder that the file gives it.
std::string name_of(const CaptionRecord& record) {
  return record.folder.empty() ? record.image : record.folder + '/' + record.image;
}

/// The file's records.
/// @param warnings  receives what is odd but readable
/// @throws std::runtime_error as read_caption_records, and for a malformed record
CaptionRecords read_records(const std::filesystem::path& path, const CaptionRecordOptions& options,
                            std::vector<std::string>& warnings) {
  CaptionRecords file = read_caption_records(path, options);
  if (!file.malformed.empty()) refuse_entry(path, file.malformed[0].where, file.malformed[0].what);
  for (const MalformedRecord& repaired : file.repaired) {
    warnings.push_back(path.string() + ", " + repaired.where + ": " + repaired.what);
  }
  if (file.failures > 0) {
    warnings.push_back(path.string() + ": " + std::to_string(file.failures) +
                       " lines record an error or no caption");
  }
  return file;
}

}  // namespace

HypothesisFile read_hypotheses(const std::filesystem::path& path) {
  HypothesisFile out;
  CaptionRecords file = read_records(path, {}, out.warnings);
  std::unordered_map<std::string, std::string> seen;
  std::size_t empty = 0;
  for (CaptionRecord& record : file.records) {
    std::string name = name_of(record);
    const std::string key = image_path(name);
    if (key.empty()) refuse_entry(path, record.where, "has no image name");
    if (record.captions.size() != 1) {
      refuse_entry(path, record.where,
                   "image \"" + key + "\" has " + std::to_string(record.captions.size()) +
                       " captions; expected one caption to score per image");
    }
    const auto [place, is_new] = seen.emplace(key, record.where);
    if (!is_new) {
      refuse_entry(path, record.where,
                   "image \"" + key + "\" already has a caption, at " + place->second +
                       "; keep one caption per image");
    }
    if (is_blank(record.captions[0])) ++empty;
    out.hypotheses.push_back({std::move(name), std::move(record.captions[0])});
  }
  if (out.hypotheses.empty()) throw std::runtime_error(path.string() + ": contains no captions");
  if (empty > 0) {
    out.warnings.push_back(path.string() + ": " + std::to_string(empty) + " of " +
                           std::to_string(out.hypotheses.size()) +
                           " captions are empty and score 0");
  }
  return out;
}

std::vector<std::string> read_image_list(const std::filesystem::path& path) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for_each_line(read_utf8_file(path), [&](std::size_t, const std::string& line) {
    if (seen.insert(image_path(line)).second) names.push_back(line);
  });
  return names;
}

namespace {

/// Collects references by image, in the order of the images' first occurrence.
class ReferenceCollector {
 public:
  explicit ReferenceCollector(const std::filesystem::path& path) : path_(path) {}

  /// The entry of the image, created if it is new.
  ReferenceEntry& entry(const std::string& image) {
    const auto [place, is_new] = places_.emplace(image_path(image), file_.entries.size());
    if (is_new) file_.entries.push_back({image, "", {}});
    return file_.entries[place->second];
  }
  bool knows(const std::string& image) const { return places_.count(image_path(image)) != 0; }
  void add(ReferenceEntry& entry, std::string caption) {
    if (is_blank(caption)) {
      ++empty_;
    } else {
      entry.captions.push_back(std::move(caption));
    }
  }
  void warn(const std::string& warning) { file_.warnings.push_back(path_.string() + warning); }
  std::vector<std::string>& warnings() { return file_.warnings; }

  /// @param format  see ReferenceFile
  ReferenceFile finish(std::string format) {
    file_.format = std::move(format);
    if (empty_ > 0) warn(": " + std::to_string(empty_) + " references are empty and skipped");
    auto& entries = file_.entries;
    const auto without = std::stable_partition(entries.begin(), entries.end(),
                                               [](const auto& e) { return !e.captions.empty(); });
    if (without != entries.end()) {
      warn(": " + std::to_string(entries.end() - without) +
           " images have no reference and are skipped, the first is " + without->image);
      entries.erase(without, entries.end());
    }
    if (entries.empty()) throw std::runtime_error(path_.string() + ": contains no references");
    return std::move(file_);
  }

 private:
  const std::filesystem::path& path_;
  ReferenceFile file_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t empty_ = 0;
};

/// x.jpg.1 → x.jpg, which fixes one line of Flickr8k; "" if the name needs no fix.
std::string corrected_name(const std::string& name) {
  std::size_t digits = name.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1]))) --digits;
  if (digits == name.size() || digits == 0 || name[digits - 1] != '.') return "";
  const std::string mended = name.substr(0, digits - 1);
  for (const char* extension : {".jpg", ".jpeg", ".png"}) {
    if (mended != extension && ends_with(mended, extension)) return mended;
  }
  return "";
}

/// Fixes a name of a token file; warns once per name.
void correct_name(CaptionRecord& record, std::unordered_set<std::string>& warned,
                  ReferenceCollector& collector) {
  const std::string mended = corrected_name(record.image);
  if (mended.empty()) return;
  if (warned.insert(record.image).second) {
    collector.warn(", " + record.where + ": the image name \"" + record.image +
                   "\" is malformed and read as \"" + mended + "\"");
  }
  record.image = mended;
}

}  // namespace

ReferenceFile read_references(const std::filesystem::path& path,
                              const ReferenceFileOptions& options) {
  CaptionRecordOptions how;
  how.tokenized = options.tokenized;
  ReferenceCollector collector(path);
  CaptionRecords file = read_records(path, how, collector.warnings());
  std::unordered_set<std::string> warned;
  for (CaptionRecord& record : file.records) {
    // "restval" is not "val": Karpathy's split uses these COCO validation images for training.
    const bool wanted = options.split.empty() || record.split == options.split;
    if (!wanted) continue;
    if (file.format == CaptionFormat::tokens) correct_name(record, warned, collector);
    const std::string name = name_of(record);
    const bool once = file.format == CaptionFormat::karpathy || file.format == CaptionFormat::coco;
    if (once && collector.knows(name)) {
      refuse_entry(path, record.where, '"' + name + "\" appears twice");
    }
    ReferenceEntry& entry = collector.entry(name);
    if (entry.id.empty()) entry.id = record.id;
    for (std::string& caption : record.captions) collector.add(entry, std::move(caption));
  }
  return collector.finish(describe(file.format));
}

}  // namespace saccade
