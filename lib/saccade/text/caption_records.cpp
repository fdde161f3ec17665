#include "saccade/text/caption_records.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "saccade/io/enum_names.h"
#include "saccade/io/json.h"
#include "saccade/io/text_file.h"

namespace saccade {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr EnumName<CaptionFormat> kCaptionFormats[] = {
    {CaptionFormat::tokens, "tokens"},
    {CaptionFormat::karpathy, "karpathy"},
    {CaptionFormat::coco, "coco"},
    {CaptionFormat::results, "results"},
    {CaptionFormat::dictionary, "dictionary"},
    {CaptionFormat::jsonl, "jsonl"},
    {CaptionFormat::csv, "csv"},
    {CaptionFormat::sidecars, "sidecars"},
};

constexpr EnumName<CaptionFormat> kDescriptions[] = {
    {CaptionFormat::tokens, "Flickr8k token file"},
    {CaptionFormat::karpathy, "Karpathy JSON"},
    {CaptionFormat::coco, "COCO captions JSON"},
    {CaptionFormat::results, "COCO results JSON"},
    {CaptionFormat::dictionary, "JSON of captions by image"},
    {CaptionFormat::jsonl, "JSONL"},
    {CaptionFormat::csv, "CSV"},
    {CaptionFormat::sidecars, "caption files beside images"},
};

std::string line_place(std::size_t number) { return "line " + std::to_string(number); }

/// The position of the '#' in a line that starts with NAME#K, also if the tab and the caption are
/// missing; npos for any other line.
std::size_t mark_of(const std::string& line) {
  const std::size_t tab = line.find('\t');
  const std::size_t mark = line.rfind('#', tab);
  return mark == 0 ? std::string::npos : mark;
}

void read_tokens(const std::string& text, CaptionRecords& out) {
  std::unordered_map<std::string, std::size_t> seen;  // NAME#K → line
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const auto malformed = [&](std::string what) {
      out.malformed.push_back({line_place(number), std::move(what)});
    };
    const std::size_t tab = line.find('\t'), mark = mark_of(line);
    if (mark == std::string::npos) {
      malformed("is not NAME#K, a tab and a caption");
      return;
    }
    const std::string key = line.substr(0, tab);
    const std::string index = key.substr(mark + 1);
    if (index.empty() || !std::all_of(index.begin(), index.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; })) {
      malformed("has no number between # and the tab");
      return;
    }
    const auto [place, is_new] = seen.emplace(key, number);
    if (!is_new) {
      malformed(key + " is already on line " + std::to_string(place->second));
      return;
    }
    CaptionRecord record;
    record.image = line.substr(0, mark);
    record.where = line_place(number);
    record.captions.push_back(tab == std::string::npos ? "" : line.substr(tab + 1));
    out.records.push_back(std::move(record));
  });
}

bool has_any(const json& object, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const char* key) { return object.contains(key); });
}

/// The captions in a text, a list of texts, or a list of {"caption": text}.
std::vector<std::string> captions_in(const json& value) {
  if (!value.is_array()) return {value.get<std::string>()};
  std::vector<std::string> captions;
  for (const json& entry : value) {
    captions.push_back(entry.is_object() ? text_of(entry, {"caption"}) : entry.get<std::string>());
  }
  return captions;
}

/// The value of the object's first caption key; null if it has none.
const json* caption_value_of(const json& object) {
  for (const char* key : kCaptionKeys) {
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
  }
  return nullptr;
}

/// Whether `batch` recorded an error, or no caption that it was sure of.
bool is_failure(const json& object) {
  const json* captions = caption_value_of(object);
  return captions ? captions->is_null() : object.contains("error");
}

/// A label in lower case, with spaces for underscores and without surrounding spaces.
std::string plain_label(std::string label) {
  for (char& c : label) c = c == '_' ? ' ' : char(std::tolower(static_cast<unsigned char>(c)));
  const std::size_t first = label.find_first_not_of(' ');
  if (first == label.npos) return "";
  return label.substr(first, label.find_last_not_of(' ') + 1 - first);
}

/// The labels of a JSONL line, with the number of their boxes.
/// @return false if they are malformed
bool read_labels(const json& object, std::vector<CountedLabel>& out) {
  constexpr double kLikely = 0.5;
  const json& names = object.at("labels");
  if (!names.is_array() || names.empty()) return false;
  std::unordered_map<std::string, std::size_t> places;
  for (const json& name : names) {
    std::string label = name.is_string() ? plain_label(name.get<std::string>()) : "";
    if (label.empty()) return false;
    if (places.emplace(label, out.size()).second) out.push_back({std::move(label), 0});
  }
  const auto boxes = object.find("boxes");
  if (boxes == object.end()) return true;
  if (!boxes->is_array()) return false;
  for (const json& box : *boxes) {
    const std::size_t size = box.is_array() ? box.size() : 0;
    bool valid = (size == 5 || size == 6) && box[0].is_string();
    for (std::size_t i = 1; valid && i < size; ++i) valid = box[i].is_number();
    if (!valid) return false;
    if (size == 6 && box[1].get<double>() < kLikely) continue;
    const auto place = places.find(plain_label(box[0].get<std::string>()));
    if (place != places.end()) ++out[place->second].count;
  }
  return true;
}

/// Whether an object has labels and no captions.
bool has_only_labels(const json& object) {
  const json* captions = caption_value_of(object);
  return object.contains("labels") && (!captions || (captions->is_array() && captions->empty()));
}

/// Collects records that are JSON objects of an image and its caption or captions.
class ObjectReader {
 public:
  /// @param labels  accept labels in place of captions
  ObjectReader(bool labels, CaptionRecords& out) : labels_(labels), out_(out) {}

  void read(const json& object, const std::string& where) {
    const auto malformed = [&](const std::string& what) {
      out_.malformed.push_back({where, what});
    };
    if (object.is_object() && is_failure(object)) {
      ++out_.failures;
      return;
    }
    CaptionRecord record;
    record.where = where;
    try {
      record.image = text_of(object, kImageKeys);
      if (object.contains("split")) record.split = text_of(object, {"split"});
      const json* captions = caption_value_of(object);
      const bool labelled = labels_ && has_only_labels(object);
      if (!labelled) record.captions = captions_in(captions ? *captions : object.at("caption"));
      if (labelled && !read_labels(object, record.labels)) {
        malformed(
            "has malformed labels; expected {\"image\": NAME, \"labels\": [label, …]} and "
            "optionally \"boxes\": [[label, left, top, right, bottom], …]");
        return;
      }
      if ((labelled || captions->is_array()) &&
          !whole_.insert(record.split + '\n' + record.image).second) {
        malformed("image \"" + record.image + "\" appears a second time");
        return;
      }
    } catch (const json::exception& error) {
      malformed("is not an object of an image and its caption: " + json_reason(error));
      return;
    }
    if (record.image.empty()) {
      malformed("has no image name");
      return;
    }
    out_.records.push_back(std::move(record));
  }

 private:
  bool labels_;
  CaptionRecords& out_;
  std::unordered_set<std::string>
      whole_;  // images of a split whose captions were all in one object
};

void read_jsonl(const fs::path& path, const std::string& text, bool labels, CaptionRecords& out) {
  ObjectReader reader(labels, out);
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const json object = json::parse(line, nullptr, false);
    if (!object.is_discarded()) {
      reader.read(object, line_place(number));
      return;
    }
    try {
      parse_line(path, number, line);
    } catch (const std::runtime_error& error) {
      const std::string message = error.what();  // "PATH, line N: is not JSON: …"
      out.malformed.push_back({line_place(number), message.substr(message.find("is not JSON"))});
    }
  });
}

void read_results(const json& root, CaptionRecords& out) {
  ObjectReader reader(/*labels=*/false, out);
  for (std::size_t i = 0; i < root.size(); ++i) {
    reader.read(root[i], "entry " + std::to_string(i + 1));
  }
}

/// Whether the object has lists of captions by image.
bool is_dictionary(const json& root) {
  return root.is_object() && !root.empty() &&
         std::all_of(root.begin(), root.end(), [](const json& value) { return value.is_array(); });
}

void read_dictionary(const json& root, CaptionRecords& out) {
  std::size_t number = 0;
  for (const auto& item : root.items()) {
    CaptionRecord record;
    record.where = "entry " + std::to_string(++number);
    record.image = item.key();
    if (record.image.empty()) {
      out.malformed.push_back({record.where, "has no image name"});
      continue;
    }
    try {
      record.captions = captions_in(item.value());
    } catch (const json::exception& error) {
      out.malformed.push_back({record.where + " (" + record.image + ")",
                               "is not a list of captions: " + json_reason(error)});
      continue;
    }
    out.records.push_back(std::move(record));
  }
}

/// The fields between bars, at most `count`; the last one may contain bars.
std::vector<std::string> between_bars(const std::string& line, std::size_t count) {
  std::vector<std::string> fields;
  std::size_t start = 0;
  for (std::size_t bar; fields.size() + 1 < count; start = bar + 1) {
    bar = line.find('|', start);
    if (bar == line.npos) break;
    fields.push_back(trimmed(line.substr(start, bar - start)));
  }
  fields.push_back(trimmed(line.substr(start)));
  return fields;
}

/// The columns of a file whose header has bars; not usable for any other file.
CaptionColumns columns_between_bars(const std::string& header) {
  if (header.find('|') == header.npos) return CaptionColumns({1, {}});
  const CaptionColumns columns({1, between_bars(header, header.size())});
  return columns.header ? columns : CaptionColumns({1, {}});
}

/// Splits "4   A dog" (a row of Flickr30k's results.csv lacks the bar between number and caption).
bool split_number(std::vector<std::string>& fields) {
  std::string& last = fields.back();
  const std::size_t digits = last.find_first_not_of("0123456789");
  if (digits == 0 || digits == last.npos || last[digits] != ' ') return false;
  std::string caption = trimmed(last.substr(digits));
  last.resize(digits);
  fields.push_back(std::move(caption));
  return true;
}

void read_bars(const std::string& text, CaptionRecords& out) {
  CaptionColumns columns({1, {}});
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    if (columns.columns == 0) {
      columns = columns_between_bars(line);
      return;
    }
    std::vector<std::string> fields = between_bars(line, columns.columns);
    const std::string where = line_place(number);
    const bool lacks_one = fields.size() + 1 == columns.columns;
    if (lacks_one && columns.caption == fields.size() && split_number(fields)) {
      out.repaired.push_back({where, "has no bar between the number and the caption; read as \"" +
                                         fields.back() + '"'});
    }
    if (fields.size() != columns.columns || fields[columns.image].empty()) {
      out.malformed.push_back({where, fields.size() == columns.columns
                                          ? "has no image name"
                                          : "has " + std::to_string(fields.size()) +
                                                " fields between bars, not " +
                                                std::to_string(columns.columns)});
      return;
    }
    CaptionRecord record;
    record.where = where;
    record.image = fields[columns.image];
    record.captions.push_back(fields[columns.caption]);
    if (columns.split < columns.columns) record.split = fields[columns.split];
    out.records.push_back(std::move(record));
  });
}

void read_csv(const fs::path& path, const std::string& text, CaptionRecords& out) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (columns_between_bars(text.substr(start, text.find('\n', start) - start)).header) {
    read_bars(text, out);
    return;
  }
  const std::vector<CsvRow> rows = parse_csv(text, path);
  const CaptionColumns columns(rows.front());
  if (!columns.usable()) refuse_line(path, rows.front().line, missing_columns(columns));
  for (std::size_t i = columns.header ? 1 : 0; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    CaptionRecord record;
    record.where = line_place(row.line);
    if (row.fields.size() != columns.columns) {
      out.malformed.push_back({record.where, wrong_field_count(row, columns)});
      continue;
    }
    record.image = row.fields[columns.image];
    if (record.image.empty()) {
      out.malformed.push_back({record.where, "has no image name"});
      continue;
    }
    record.captions.push_back(row.fields[columns.caption]);
    if (columns.split < columns.columns) record.split = row.fields[columns.split];
    out.records.push_back(std::move(record));
  }
}

/// Whether a text that starts with '{' holds an object per line.
bool is_jsonl(const std::string& text, std::size_t start) {
  const std::string first = text.substr(start, text.find('\n', start) - start);
  const json line = json::parse(first, nullptr, false);
  const bool one_line = text.find_first_not_of(" \t\r\n", start + first.size()) == text.npos;
  if (line.is_object()) {
    if (line.contains("images") || line.contains("annotations")) return false;
    return !one_line || has_any(line, kImageKeys) || !is_dictionary(line);
  }
  // A JSONL file with a malformed first line, which the JSONL reader reports.
  const auto names = [&](const char* key) { return first.find(key) != first.npos; };
  return !one_line && (names("\"image\"") || names("\"file_name\"")) && !names("\"images\"") &&
         !names("\"annotations\"");
}

/// Reads a file that is one JSON value.
void read_document(const fs::path& path, const std::string& text,
                   const CaptionRecordOptions& options, CaptionRecords& out) {
  const json root = parse_json(path, text);
  const bool annotated = root.contains("annotations");
  if (root.is_array()) {
    out.format = CaptionFormat::results;
  } else if (annotated || root.contains("images")) {
    out.format = annotated ? CaptionFormat::coco : CaptionFormat::karpathy;
    const char* list = annotated ? "annotations" : "images";
    if (!root.at(list).is_array()) {
      throw std::runtime_error(path.string() + ": \"" + list + "\" is not a list");
    }
  } else if (is_dictionary(root)) {
    out.format = CaptionFormat::dictionary;
  } else {
    throw std::runtime_error(path.string() +
                             ": is JSON with neither \"images\" (Karpathy) nor \"annotations\" "
                             "(COCO), and not {image: [captions]}");
  }
  if (options.format && *options.format != out.format) {
    throw std::runtime_error(path.string() + ": has the format " + describe(out.format) +
                             ", expected " + describe(*options.format));
  }
  switch (out.format) {
    case CaptionFormat::results:
      read_results(root, out);
      break;
    case CaptionFormat::dictionary:
      read_dictionary(root, out);
      break;
    case CaptionFormat::coco:
      read_coco(root, out);
      break;
    default:
      read_karpathy(root, options.tokenized, out);
  }
}

}  // namespace

const char* to_string(CaptionFormat format) { return name_of(kCaptionFormats, format); }

const char* describe(CaptionFormat format) { return name_of(kDescriptions, format); }

CaptionFormat caption_format_from_string(const std::string& name) {
  return value_of(kCaptionFormats, name, "caption format");
}

CaptionColumns::CaptionColumns(const CsvRow& first) : columns(first.fields.size()) {
  const auto column = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const auto found = std::find(first.fields.begin(), first.fields.end(), name);
      if (found != first.fields.end()) return std::size_t(found - first.fields.begin());
    }
    return columns;
  };
  const std::size_t image_column = column(kImageKeys);
  const std::size_t caption_column = column(kCaptionKeys);
  split = columns;
  header = image_column < columns && caption_column < columns;
  if (!header) return;
  image = image_column;
  caption = caption_column;
  split = column({"split"});
}

std::string missing_columns(const CaptionColumns& columns) {
  return "is neither JSON nor a CSV header with \"image\" and \"caption\", and has " +
         std::to_string(columns.columns) + " columns, not 2";
}

std::string wrong_field_count(const CsvRow& row, const CaptionColumns& columns) {
  return "has " + std::to_string(row.fields.size()) + " fields, not " +
         std::to_string(columns.columns) + "; put a caption with a comma in double quotes";
}

CaptionRecords read_caption_records(const fs::path& path, const CaptionRecordOptions& options) {
  const std::string text = read_utf8_file(path);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  CaptionRecords out;
  if (options.format) {
    out.format = *options.format;
  } else if (text[start] == '[') {
    out.format = CaptionFormat::results;
  } else if (text[start] == '{') {
    out.format = is_jsonl(text, start) ? CaptionFormat::jsonl : CaptionFormat::coco;
  } else {
    const std::string first = text.substr(start, text.find('\n', start) - start);
    const bool marked = mark_of(first) != std::string::npos;
    const bool bare = first.find_first_of("\t,") == std::string::npos;
    out.format = marked && (first.find('\t') != std::string::npos || bare) ? CaptionFormat::tokens
                                                                           : CaptionFormat::csv;
  }
  switch (out.format) {
    case CaptionFormat::tokens:
      read_tokens(text, out);
      break;
    case CaptionFormat::jsonl:
      read_jsonl(path, text, options.labels, out);
      break;
    case CaptionFormat::csv:
      read_csv(path, text, out);
      break;
    case CaptionFormat::karpathy:
    case CaptionFormat::coco:
    case CaptionFormat::results:
    case CaptionFormat::dictionary:
      read_document(path, text, options, out);
      break;
    case CaptionFormat::sidecars:
      throw std::runtime_error(path.string() +
                               ": is a file, but the format sidecars is that of a folder of images "
                               "with a text file beside each");
  }
  return out;
}

namespace {

using nlohmann::json;

std::string text_or_nothing(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? "" : text_of(object, {key});
}

/// The images of a COCO file by id. In a file without a list of images, annotations add them.
class CocoImages {
 public:
  explicit CocoImages(CaptionRecords& out) : out_(out) {}

  void read_image(const json& image, const std::string& where) {
    CaptionRecord record;
    record.where = where;
    record.id = text_of(image, {"id"});
    record.image = image.contains("file_name") ? text_of(image, {"file_name"}) : record.id;
    if (!names_.insert(record.image).second || places_.count(record.id) != 0) {
      out_.malformed.push_back(
          {where, "\"" + record.image + "\", id " + record.id + ", appears twice"});
      return;
    }
    places_.emplace(record.id, out_.records.size());
    out_.records.push_back(std::move(record));
    named_ = true;
  }
  void read_annotation(const json& annotation, const std::string& where) {
    const std::string id = text_of(annotation, {"image_id"});
    const std::string caption = text_of(annotation, {"caption"});
    auto place = places_.find(id);
    if (place == places_.end() && named_) {
      out_.malformed.push_back(
          {where, "belongs to image " + id + ", which is not in the file's list of images"});
      return;
    }
    if (place == places_.end()) {
      place = places_.emplace(id, out_.records.size()).first;
      CaptionRecord& record = out_.records.emplace_back();
      record.image = record.id = id;
      record.where = where;
    }
    out_.records[place->second].captions.push_back(caption);
  }

 private:
  CaptionRecords& out_;
  std::unordered_map<std::string, std::size_t> places_;
  std::unordered_set<std::string> names_;
  bool named_ = false;
};

}  // namespace

void read_karpathy(const json& root, bool tokenized, CaptionRecords& out) {
  std::unordered_set<std::string> seen;
  std::size_t number = 0;
  for (const json& image : root.at("images")) {
    CaptionRecord record;
    record.where = "image " + std::to_string(++number);
    try {
      record.image = text_of(image, {"filename", "file_name", "cocoid", "imgid"});
      record.folder = text_or_nothing(image, "filepath");
      record.split = text_or_nothing(image, "split");
      record.id = text_or_nothing(image, image.contains("cocoid") ? "cocoid" : "imgid");
      for (const json& sentence : image.at("sentences")) {
        std::string& caption = record.captions.emplace_back();
        if (tokenized && sentence.contains("tokens")) {
          for (const json& token : sentence.at("tokens")) caption += token.get<std::string>() + ' ';
        } else {
          caption = text_of(sentence, {"raw"});
        }
      }
    } catch (const json::exception& error) {
      out.malformed.push_back(
          {record.where,
           std::string("is not a valid image of a Karpathy file: ") + json_reason(error)});
      continue;
    }
    if (!seen.insert(record.folder + '/' + record.image).second) {
      out.malformed.push_back({record.where, "\"" + record.image + "\" appears twice"});
      continue;
    }
    out.records.push_back(std::move(record));
  }
}

void read_coco(const json& root, CaptionRecords& out) {
  CocoImages images(out);
  const auto read_all = [&](const char* list, const char* what, auto read) {
    std::size_t number = 0;
    for (const json& entry : root.at(list)) {
      const std::string where = what + (' ' + std::to_string(++number));
      try {
        read(entry, where);
      } catch (const json::exception& error) {
        out.malformed.push_back(
            {where, std::string("is not a valid COCO entry: ") + json_reason(error)});
      }
    }
  };
  if (root.contains("images")) {
    read_all("images", "image",
             [&](const json& entry, const std::string& where) { images.read_image(entry, where); });
  }
  read_all("annotations", "annotation", [&](const json& entry, const std::string& where) {
    images.read_annotation(entry, where);
  });
}

}  // namespace saccade
