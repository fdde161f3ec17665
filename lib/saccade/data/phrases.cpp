#include "saccade/data/phrases.h"

#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "saccade/io/json.h"
#include "saccade/io/text_file.h"

namespace saccade {
namespace {

using Json = nlohmann::json;

constexpr const char* kForm =
    "expected {\"image\": NAME, \"caption\": NUMBER or \"caption_text\": TEXT, \"phrases\": "
    "[{\"first\": 0, \"words\": 2, \"type\": \"animals\", \"boxes\": [[left, top, right, "
    "bottom]]}]}";

/// Reads one line; `refuse` never returns.
template <typename Refuse>
class LineReader {
 public:
  explicit LineReader(const Refuse& refuse) : refuse_(refuse) {}

  CaptionPhrases read(const Json& json) const {
    if (!json.is_object()) refuse_(std::string("is not a JSON object; ") + kForm);
    CaptionPhrases caption;
    caption.image = text(json, "image", "");
    if (caption.image.empty()) refuse_(std::string("has no image name; ") + kForm);
    if (json.contains("caption")) caption.caption = number(json, "caption", 0);
    if (json.contains("caption_text")) caption.caption_text = text(json, "caption_text", "");
    if (!caption.caption && !caption.caption_text) {
      refuse_(std::string("has neither \"caption\" nor \"caption_text\"; ") + kForm);
    }
    caption.split = text(json, "split", "");
    const auto phrases = json.find("phrases");
    if (phrases == json.end() || !phrases->is_array()) {
      refuse_(std::string("has no list \"phrases\"; ") + kForm);
    }
    for (const Json& phrase : *phrases) caption.phrases.push_back(read_phrase(phrase));
    return caption;
  }

 private:
  std::string text(const Json& json, const char* key, const std::string& otherwise) const {
    const auto found = json.find(key);
    if (found == json.end()) return otherwise;
    if (!found->is_string())
      refuse_(std::string("\"") + key + "\" is " + found->dump() + ", expected a string");
    return found->get<std::string>();
  }

  std::size_t number(const Json& json, const char* key, std::int64_t min) const {
    const auto found = json.find(key);
    constexpr std::int64_t kMax = 1'000'000;
    const bool whole = found != json.end() && found->is_number_integer();
    const std::int64_t value = whole ? found->get<std::int64_t>() : -1;
    if (value < min || value > kMax) {
      refuse_(std::string("\"") + key + "\" is " +
              (found == json.end() ? "missing" : found->dump()) +
              ", expected a whole number from " + std::to_string(min));
    }
    return static_cast<std::size_t>(value);
  }

  Phrase read_phrase(const Json& json) const {
    if (!json.is_object()) refuse_("a phrase is " + json.dump() + "; " + kForm);
    Phrase phrase;
    phrase.first = number(json, "first", 0);
    phrase.words = number(json, "words", 1);
    phrase.text = text(json, "text", "");
    phrase.type = text(json, "type", "");
    const auto boxes = json.find("boxes");
    if (boxes == json.end() || !boxes->is_array()) {
      refuse_(std::string("a phrase has no list \"boxes\"; ") + kForm);
    }
    for (const Json& box : *boxes) phrase.boxes.push_back(read_box(box));
    return phrase;
  }

  Box read_box(const Json& json) const {
    bool valid = json.is_array() && (json.size() == 4 || json.size() == 5);
    for (std::size_t i = 0; valid && i < json.size(); ++i) valid = json[i].is_number();
    Box box;
    if (valid) {
      box = {json[0], json[1], json[2], json[3], json.size() == 5 ? json[4].get<double>() : 1.0};
      valid = 0 <= box.left && box.left < box.right && box.right <= 1 && 0 <= box.top &&
              box.top < box.bottom && box.bottom <= 1 && box.score > 0 && box.score <= 1;
    }
    if (!valid) {
      refuse_(
          "the box " + json.dump() +
          " is invalid; expected [left, top, right, bottom] in fractions of width and height, 0 "
          "to 1, left < right and top < bottom, and optionally a score above 0 and at most 1");
    }
    return box;
  }

  const Refuse& refuse_;
};

/// Rounds to four digits to keep the file readable.
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

/// Four decimals, or all of them where a box would become empty or its score 0.
Box rounded(const Box& box) {
  const Box result{rounded(box.left), rounded(box.top), rounded(box.right), rounded(box.bottom),
                   rounded(box.score)};
  const bool valid = result.left < result.right && result.top < result.bottom && result.score > 0;
  return valid ? result : box;
}

}  // namespace

bool Phrase::is(const std::string& one_type) const {
  return ("/" + type + "/").find("/" + one_type + "/") != std::string::npos;
}

PhraseFile read_phrases(const std::filesystem::path& path) {
  PhraseFile file{path, {}};
  for_each_line(read_utf8_file(path), [&](std::size_t number, const std::string& line) {
    const auto refuse = [&](const std::string& what) { refuse_line(path, number, what); };
    file.captions.push_back(LineReader(refuse).read(parse_line(path, number, line)));
    file.captions.back().line = number;
  });
  return file;
}

std::string to_json_line(const CaptionPhrases& caption) {
  using Ordered = nlohmann::ordered_json;
  Ordered phrases = Ordered::array();
  for (const Phrase& phrase : caption.phrases) {
    Ordered boxes = Ordered::array();
    for (const Box& exact : phrase.boxes) {
      const Box box = rounded(exact);
      boxes.push_back({box.left, box.top, box.right, box.bottom});
      if (box.score < 1) boxes.back().push_back(box.score);
    }
    Ordered one{{"first", phrase.first}, {"words", phrase.words}};
    if (!phrase.text.empty()) one["text"] = phrase.text;
    if (!phrase.type.empty()) one["type"] = phrase.type;
    one["boxes"] = std::move(boxes);
    phrases.push_back(std::move(one));
  }
  Ordered line{{"image", caption.image}};
  if (caption.caption) line["caption"] = *caption.caption;
  if (caption.caption_text) line["caption_text"] = *caption.caption_text;
  if (!caption.split.empty()) line["split"] = caption.split;
  line["phrases"] = std::move(phrases);
  return line.dump();
}

}  // namespace saccade
