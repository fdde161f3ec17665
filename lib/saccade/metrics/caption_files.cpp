#include "saccade/metrics/caption_files.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "saccade/io/csv.h"
#include "saccade/io/json.h"
#include "saccade/io/text_file.h"
#include "saccade/text/caption_records.h"

namespace saccade {
namespace {

/// Collects captions, at most one per image.
class HypothesisCollector {
 public:
  explicit HypothesisCollector(const std::filesystem::path& path) : path_(path) {}

  /// @param where  "line 3" or "entry 3".
  void add(const std::string& where, std::string image, std::string caption) {
    if (image_key(image).empty()) refuse(where, "has no image name");
    const auto [place, is_new] = seen_.emplace(image_key(image), where);
    if (!is_new) {
      refuse(where, "image \"" + image_key(image) + "\" already has a caption, at " +
                        place->second + "; keep one caption per image");
    }
    if (caption.find_first_not_of(" \t\r\n") == std::string::npos) ++empty_;
    file_.hypotheses.push_back({std::move(image), std::move(caption)});
  }
  /// Counts an image that could not be captioned, as recorded by the batch command.
  void add_failure() { ++failed_; }
  [[noreturn]] void refuse(const std::string& where, const std::string& what) const {
    throw std::runtime_error(path_.string() + ", " + where + ": " + what);
  }
  HypothesisFile finish() {
    if (file_.hypotheses.empty())
      throw std::runtime_error(path_.string() + ": contains no captions");
    if (empty_ > 0) {
      file_.warnings.push_back(path_.string() + ": " + std::to_string(empty_) + " of " +
                               std::to_string(file_.hypotheses.size()) +
                               " captions are empty and score 0");
    }
    if (failed_ > 0) {
      file_.warnings.push_back(path_.string() + ": " + std::to_string(failed_) +
                               " lines record an error instead of a caption");
    }
    return std::move(file_);
  }

 private:
  const std::filesystem::path& path_;
  HypothesisFile file_;
  std::unordered_map<std::string, std::string> seen_;
  std::size_t empty_ = 0, failed_ = 0;
};

constexpr auto kHypothesisKeys = {"image", "image_id", "file_name", "filename", "file", "name"};

void read_coco_results(const nlohmann::json& array, HypothesisCollector& collector) {
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string where = "entry " + std::to_string(i + 1);
    try {
      collector.add(where, text_of(array[i], kHypothesisKeys), text_of(array[i], {"caption"}));
    } catch (const nlohmann::json::exception& error) {
      collector.refuse(where,
                       std::string("is not {\"image_id\", \"caption\"}: ") + json_reason(error));
    }
  }
}

void read_lines(const std::filesystem::path& path, const std::string& text,
                HypothesisCollector& collector) {
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const nlohmann::json object = parse_line(path, number, line);
    const std::string where = "line " + std::to_string(number);
    try {
      if (object.contains("error") && !object.contains("caption")) {
        collector.add_failure();
        return;
      }
      collector.add(where, text_of(object, kHypothesisKeys), text_of(object, {"caption"}));
    } catch (const nlohmann::json::exception& error) {
      collector.refuse(where,
                       std::string("is not {\"image\", \"caption\"}: ") + json_reason(error));
    }
  });
}

void read_csv(const std::filesystem::path& path, const std::string& text,
              HypothesisCollector& collector) {
  const std::vector<CsvRow> rows = parse_csv(text, path);
  const CaptionColumns columns(rows.front());
  if (!columns.usable()) collector.refuse("line 1", missing_columns(columns));
  for (std::size_t i = columns.header ? 1 : 0; i < rows.size(); ++i) {
    const std::string where = "line " + std::to_string(rows[i].line);
    if (rows[i].fields.size() != columns.columns) {
      collector.refuse(where, wrong_field_count(rows[i], columns));
    }
    collector.add(where, rows[i].fields[columns.image], rows[i].fields[columns.caption]);
  }
}

}  // namespace

std::string image_key(const std::string& image) {
  const std::size_t slash = image.find_last_of("/\\");
  return slash == std::string::npos ? image : image.substr(slash + 1);
}

HypothesisFile read_hypotheses(const std::filesystem::path& path) {
  const std::string text = read_utf8_file(path);
  HypothesisCollector collector(path);
  switch (text[text.find_first_not_of(" \t\r\n")]) {
    case '[':
      read_coco_results(parse_json(path, text), collector);
      break;
    case '{':
      read_lines(path, text, collector);
      break;
    default:
      read_csv(path, text, collector);
  }
  return collector.finish();
}

std::vector<std::string> read_image_list(const std::filesystem::path& path) {
  std::vector<std::string> keys;
  for_each_line(read_utf8_file(path),
                [&](std::size_t, const std::string& line) { keys.push_back(image_key(line)); });
  return keys;
}

namespace {

/// Collects references by image, in the order of the images' first occurrence.
class ReferenceCollector {
 public:
  ReferenceCollector(const std::filesystem::path& path, std::string format) : path_(path) {
    file_.format = std::move(format);
  }

  /// The entry of the image, created if it is new.
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
    if (empty_ > 0) warn(": " + std::to_string(empty_) + " references are empty and skipped");
    auto& entries = file_.entries;
    const auto without = std::stable_partition(entries.begin(), entries.end(),
                                               [](const auto& e) { return !e.captions.empty(); });
    if (without != entries.end()) {
      warn(": " + std::to_string(entries.end() - without) +
           " images have no reference and are skipped, the first is " + without->image);
      entries.erase(without, entries.end());
    }
    if (entries.empty()) refuse(": contains no references");
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
    const std::string end = extension;
    if (mended.size() > end.size() &&
        mended.compare(mended.size() - end.size(), end.size(), end) == 0) {
      return mended;
    }
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
  CaptionRecords file = read_caption_records(path, how);
  ReferenceCollector collector(path, describe(file.format));
  if (!file.malformed.empty()) {
    collector.refuse(", " + file.malformed[0].where + ": " + file.malformed[0].what);
  }
  std::unordered_set<std::string> warned;
  for (CaptionRecord& record : file.records) {
    // "restval" is not "val": Karpathy's split uses these COCO validation images for training.
    const bool wanted = options.split.empty() || record.split == options.split;
    if (!wanted) continue;
    if (file.format == CaptionFormat::tokens) correct_name(record, warned, collector);
    const bool once = file.format == CaptionFormat::karpathy || file.format == CaptionFormat::coco;
    if (once && collector.knows(record.image)) {
      collector.refuse(", " + record.where + ": \"" + record.image + "\" appears twice");
    }
    ReferenceEntry& entry = collector.entry(record.image);
    if (entry.id.empty()) entry.id = record.id;
    for (std::string& caption : record.captions) collector.add(entry, std::move(caption));
  }
  return collector.finish();
}

}  // namespace saccade
