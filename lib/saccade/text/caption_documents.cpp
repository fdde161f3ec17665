#include "saccade/text/caption_documents.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "saccade/io/file_text.h"
#include "saccade/io/json_reason.h"

namespace saccade {
namespace {

using nlohmann::json;

std::string text_or_nothing(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? "" : text_of(object, {key});
}

/// COCO's images by their number; those that only an annotation names are added as it comes.
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
          {where, "\"" + record.image + "\", number " + record.id + ", stands there twice"});
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
          {where, "belongs to image " + id + ", which is not among the file's images"});
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
      out.malformed.push_back({record.where, std::string("is not laid out as an image of a "
                                                         "Karpathy file: ") +
                                                 json_reason(error)});
      continue;
    }
    if (!seen.insert(record.folder + '/' + record.image).second) {
      out.malformed.push_back({record.where, "\"" + record.image + "\" stands there twice"});
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
            {where, std::string("is not laid out as COCO has it: ") + json_reason(error)});
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
