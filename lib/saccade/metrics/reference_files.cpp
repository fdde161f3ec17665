#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "saccade/metrics/caption_files.h"
#include "saccade/metrics/file_text.h"

namespace saccade {
namespace {

using nlohmann::json;

/// Collects references by image, in the order in which the images come.
class Collector {
 public:
  Collector(const std::filesystem::path& path, std::string format) : path_(path) {
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

ReferenceFile read_token_file(const std::filesystem::path& path, const std::string& text) {
  Collector collector(path, "Flickr8k token file");
  std::unordered_map<std::string, std::size_t> seen;
  std::unordered_set<std::string> warned;
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const std::size_t tab = line.find('\t'), mark = line.rfind('#', tab);
    if (mark == std::string::npos || mark == 0) {
      refuse_line(path, number, "is not NAME#K, a tab and a caption");
    }
    std::string name = line.substr(0, mark);
    const std::string index =
        line.substr(mark + 1, tab == std::string::npos ? tab : tab - mark - 1);
    if (index.empty() || !std::all_of(index.begin(), index.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; })) {
      refuse_line(path, number, "has no number between # and the tab");
    }
    const auto [place, is_new] = seen.emplace(name + '#' + index, number);
    if (!is_new) {
      refuse_line(
          path, number,
          name + '#' + index + " stands on line " + std::to_string(place->second) + " already");
    }
    const std::string mended = mended_name(name);
    if (!mended.empty()) {
      if (warned.insert(name).second) {
        collector.warn(", line " + std::to_string(number) + ": the image name \"" + name +
                       "\" is malformed and taken as \"" + mended + "\"");
      }
      name = mended;
    }
    collector.add(collector.entry(name), tab == std::string::npos ? "" : line.substr(tab + 1));
  });
  return collector.finish();
}

ReferenceFile read_karpathy(const std::filesystem::path& path, const json& root,
                            const ReferenceFileOptions& options) {
  Collector collector(path, "Karpathy JSON");
  std::size_t number = 0;
  for (const json& image : root.at("images")) {
    ++number;
    const std::string split = image.value("split", "");
    // COCO's "restval" is training data that came from its validation images.
    const bool wanted = options.split.empty() || split == options.split;
    if (!wanted) continue;
    const std::string name = text_of(image, {"filename", "file_name", "cocoid", "imgid"});
    if (collector.knows(name)) {
      collector.refuse(", image " + std::to_string(number) + ": \"" + name +
                       "\" stands there twice");
    }
    ReferenceEntry& entry = collector.entry(name);
    for (const char* key : {"cocoid", "imgid"}) {
      if (entry.id.empty() && image.contains(key)) entry.id = text_of(image, {key});
    }
    for (const json& sentence : image.at("sentences")) {
      std::string caption;
      if (options.tokenized && sentence.contains("tokens")) {
        for (const json& token : sentence.at("tokens")) caption += token.get<std::string>() + ' ';
      } else {
        caption = text_of(sentence, {"raw"});
      }
      collector.add(entry, std::move(caption));
    }
  }
  return collector.finish();
}

ReferenceFile read_coco(const std::filesystem::path& path, const json& root) {
  Collector collector(path, "COCO captions JSON");
  std::unordered_map<std::string, std::string> names;
  if (root.contains("images")) {
    for (const json& image : root.at("images")) {
      const std::string id = text_of(image, {"id"});
      const std::string name = image.contains("file_name") ? text_of(image, {"file_name"}) : id;
      if (!names.emplace(id, name).second || collector.knows(name)) {
        collector.refuse(": image " + id + " (" + name + ") stands there twice");
      }
      collector.entry(name).id = id;
    }
  }
  for (const json& annotation : root.at("annotations")) {
    const std::string id = text_of(annotation, {"image_id"});
    const auto name = names.find(id);
    if (!names.empty() && name == names.end()) {
      collector.refuse(": an annotation belongs to image " + id +
                       ", which is not among its images");
    }
    ReferenceEntry& entry = collector.entry(names.empty() ? id : name->second);
    entry.id = id;
    collector.add(entry, text_of(annotation, {"caption"}));
  }
  return collector.finish();
}

ReferenceFile read_reference_lines(const std::filesystem::path& path, const std::string& text) {
  Collector collector(path, "JSONL");
  for_each_line(text, [&](std::size_t number, const std::string& line) {
    const json object = parse_line(path, number, line);
    try {
      const std::string image = text_of(object, {"image", "image_id", "file_name", "filename"});
      if (collector.knows(image))
        refuse_line(path, number, "image \"" + image + "\" comes a second time");
      ReferenceEntry& entry = collector.entry(image);
      const char* key = object.contains("captions") ? "captions" : "references";
      for (const json& caption : object.at(key)) collector.add(entry, caption.get<std::string>());
    } catch (const json::exception& error) {
      refuse_line(path, number,
                  std::string("is not {\"image\", \"captions\": [...]}: ") + error.what());
    }
  });
  return collector.finish();
}

}  // namespace

ReferenceFile read_references(const std::filesystem::path& path,
                              const ReferenceFileOptions& options) {
  const std::string text = read_utf8_file(path);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (text[start] == '[') {
    throw std::runtime_error(
        path.string() +
        ": is a JSON array, as COCO results are; references are a Flickr8k token "
        "file, Karpathy JSON, COCO captions JSON or JSONL with lists");
  }
  if (text[start] != '{') return read_token_file(path, text);
  // JSONL is an object per line; a data set is one object.
  const std::string first = text.substr(start, text.find('\n', start) - start);
  const json line = json::parse(first, nullptr, false);
  if (line.is_object() && !line.contains("images") && !line.contains("annotations")) {
    return read_reference_lines(path, text);
  }
  const bool one_line =
      text.find_first_not_of(" \t\r\n", start + first.size()) == std::string::npos;
  if (line.is_discarded() && !one_line && first.size() > 1 &&
      first.find("\"image\"") != first.npos) {
    return read_reference_lines(path,
                                text);  // malformed in its first line: that is where it is wrong
  }
  const json root = parse_json(path, text);
  try {
    if (root.contains("annotations")) return read_coco(path, root);
    if (root.contains("images")) return read_karpathy(path, root, options);
  } catch (const json::exception& error) {
    throw std::runtime_error(path.string() + ": is not laid out as caption data: " + error.what());
  }
  throw std::runtime_error(
      path.string() + ": is JSON with neither \"images\" (Karpathy) nor \"annotations\" (COCO)");
}

}  // namespace saccade
