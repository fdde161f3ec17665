#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "saccade/io/csv.h"
#include "saccade/io/file_text.h"
#include "saccade/io/json_reason.h"
#include "saccade/metrics/caption_files.h"
#include "saccade/text/caption_records.h"

namespace saccade {
namespace {

/// Collects captions; an image may come once.
class HypothesisCollector {
 public:
  explicit HypothesisCollector(const std::filesystem::path& path) : path_(path) {}

  /// @param where  "line 3" or "entry 3".
  void add(const std::string& where, std::string image, std::string caption) {
    if (image_key(image).empty()) refuse(where, "names no image");
    const auto [place, is_new] = seen_.emplace(image_key(image), where);
    if (!is_new) {
      refuse(where, "image \"" + image_key(image) + "\" has a caption already, at " +
                        place->second + "; keep one caption per image");
    }
    if (caption.find_first_not_of(" \t\r\n") == std::string::npos) ++empty_;
    file_.hypotheses.push_back({std::move(image), std::move(caption)});
  }
  /// An image that could not be captioned, as batch records it.
  void add_failure() { ++failed_; }
  [[noreturn]] void refuse(const std::string& where, const std::string& what) const {
    throw std::runtime_error(path_.string() + ", " + where + ": " + what);
  }
  HypothesisFile finish() {
    if (file_.hypotheses.empty()) throw std::runtime_error(path_.string() + ": holds no captions");
    if (empty_ > 0) {
      file_.warnings.push_back(path_.string() + ": " + std::to_string(empty_) + " of " +
                               std::to_string(file_.hypotheses.size()) +
                               " captions are empty and score 0");
    }
    if (failed_ > 0) {
      file_.warnings.push_back(path_.string() + ": " + std::to_string(failed_) +
                               " lines record an error in place of a caption");
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

}  // namespace saccade
