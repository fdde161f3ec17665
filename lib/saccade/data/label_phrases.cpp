#include "saccade/data/label_phrases.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "saccade/data/dataset_files.h"
#include "saccade/data/phrases.h"
#include "saccade/io/json.h"
#include "saccade/io/text_file.h"
#include "saccade/text/caption_records.h"
#include "saccade/text/noun_phrase.h"
#include "saccade/text/wordnet/label_words.h"

namespace saccade {
namespace {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

LabelledBox read_box(const Json& json, const std::filesystem::path& path, std::size_t line) {
  LabelledBox labelled;
  bool valid = json.is_array() && (json.size() == 5 || json.size() == 6) && json[0].is_string();
  for (std::size_t i = 1; valid && i < json.size(); ++i) valid = json[i].is_number();
  if (valid) {
    const std::size_t at = json.size() - 4;
    labelled.label = json[0];
    Box& box = labelled.box;
    box = {json[at], json[at + 1], json[at + 2], json[at + 3], at == 2 ? json[1].get<double>() : 1};
    valid = !labelled.label.empty() && box.is_valid();
  }
  if (!valid) {
    refuse_line(
        path, line,
        "the box " + json.dump() +
            " is invalid; expected [label, left, top, right, bottom] or [label, score, left, "
            "top, right, bottom] in fractions of width and height, 0 to 1");
  }
  return labelled;
}

/// The boxes of an image by label, in alphabetical order.
std::map<std::string, std::vector<Box>> by_label(const LabeledImage& photograph, double min_score) {
  std::map<std::string, std::vector<Box>> boxes;
  for (const LabelledBox& one : photograph.boxes) {
    if (one.box.score >= min_score) boxes[one.label].push_back(one.box);
  }
  return boxes;
}

bool wanted(const std::string& split, const LabelPhraseOptions& options) {
  return options.split.empty() || canonical_split(split) == canonical_split(options.split);
}

}  // namespace

std::vector<LabeledImage> read_labelled_boxes(const std::filesystem::path& path) {
  std::vector<LabeledImage> photographs;
  for_each_line(read_utf8_file(path), [&](std::size_t number, const std::string& line) {
    const Json json = parse_line(path, number, line);
    const auto name = json.is_object() ? json.find("image") : json.end();
    if (!json.is_object() || name == json.end() || !name->is_string()) {
      refuse_line(
          path, number,
          "has no image name; expected {\"image\": NAME, \"boxes\": [[label, left, top, right, "
          "bottom]]}");
    }
    const auto boxes = json.find("boxes");
    if (boxes == json.end()) return;
    if (!boxes->is_array()) refuse_line(path, number, "\"boxes\" is not a list");
    LabeledImage photograph;
    photograph.image = *name;
    const auto split = json.find("split");
    if (split != json.end() && split->is_string()) photograph.split = *split;
    for (const Json& box : *boxes) photograph.boxes.push_back(read_box(box, path, number));
    photographs.push_back(std::move(photograph));
  });
  return photographs;
}

std::vector<CaptionPhrases> phrases_of_captions(const std::filesystem::path& captions,
                                                const std::vector<LabeledImage>& boxes,
                                                const LabelPhraseOptions& options) {
  std::set<std::string> labels;
  std::unordered_map<std::string, std::map<std::string, std::vector<Box>>> of_image;
  for (const LabeledImage& photograph : boxes) {
    auto own = by_label(photograph, options.min_score);
    for (const auto& [label, list] : own) labels.insert(label);
    of_image[photograph.image] = std::move(own);
  }
  LabelWords words_of(options.wordnet, {labels.begin(), labels.end()});
  std::vector<CaptionPhrases> found;
  for (const CaptionRecord& record : read_caption_records(captions).records) {
    const auto own = of_image.find(record.image);
    if (own == of_image.end() || !wanted(record.split, options)) continue;
    for (const std::string& text : record.captions) {
      CaptionPhrases caption;
      caption.image = record.image;
      caption.caption_text = text;
      caption.split = record.split;
      const Strings words = split_at_white_space(text);
      for (const LabelWords::Named& named : words_of.find(words)) {
        Phrase phrase;
        phrase.first = named.first;
        phrase.words = named.words;
        phrase.text = joined_words(words, named.first, named.words);
        for (const std::string& label : named.labels) {
          const auto there = own->second.find(label);
          if (there == own->second.end()) continue;
          if (phrase.type.empty()) phrase.type = label;
          phrase.boxes.insert(phrase.boxes.end(), there->second.begin(), there->second.end());
        }
        if (!phrase.boxes.empty()) caption.phrases.push_back(std::move(phrase));
      }
      if (!caption.phrases.empty()) found.push_back(std::move(caption));
    }
  }
  if (found.empty()) {
    throw std::runtime_error(captions.string() +
                             ": none of its captions names an object with a box; expected captions "
                             "of the same images that contain words for the labels" +
                             (options.split.empty() ? "" : " in the split " + options.split));
  }
  return found;
}

std::vector<CaptionPhrases> phrases_of_labels(const std::vector<LabeledImage>& boxes,
                                              const LabelPhraseOptions& options) {
  std::vector<CaptionPhrases> found;
  for (const LabeledImage& photograph : boxes) {
    if (!wanted(photograph.split, options)) continue;
    for (const auto& [label, own] : by_label(photograph, options.min_score)) {
      CaptionPhrases caption;
      caption.image = photograph.image;
      caption.split = photograph.split;
      caption.caption_text = with_article(label);
      caption.phrases.push_back({1, split_at_white_space(label).size(), label, label, own});
      found.push_back(std::move(caption));
    }
  }
  if (found.empty()) {
    throw std::runtime_error("found no image with a box" +
                             (options.split.empty() ? "" : " in the split " + options.split) +
                             "; expected \"boxes\" in the lines of the boxes file");
  }
  return found;
}

}  // namespace saccade
