#include "saccade/data/phrases.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "saccade/data/dataset_files.h"
#include "saccade/io/json.h"
#include "saccade/io/text_file.h"
#include "saccade/text/ptb_tokenizer.h"

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
      valid = box.is_valid();
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
  return result.is_valid() ? result : box;
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

namespace {

using Strings = std::vector<std::string>;

/// Whether the phrases are within the caption and their texts match its words.
bool agree(const std::vector<Phrase>& phrases, const Strings& words) {
  return std::all_of(phrases.begin(), phrases.end(), [&](const Phrase& phrase) {
    if (phrase.first + phrase.words > words.size()) return false;
    return phrase.text.empty() || joined_words(words, phrase.first, phrase.words) == phrase.text;
  });
}

/// For each element of `full`, the index in `parts` that a longest common subsequence aligns it
/// with, or std::nullopt.
std::vector<std::optional<std::size_t>> align(const Strings& full, const Strings& parts) {
  const std::size_t n = full.size(), m = parts.size();
  std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      common[i][j] = full[i] == parts[j] ? common[i + 1][j + 1] + 1
                                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<std::optional<std::size_t>> place(n);
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    if (full[i] == parts[j]) {
      place[i++] = j++;
    } else if (common[i + 1][j] >= common[i][j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  return place;
}

/// Finds images by their full name, or else by their file name.
class ImageNames {
 public:
  explicit ImageNames(const Dataset& dataset) {
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
      const std::string& name = dataset.images[i].name;
      by_name_[name].push_back(i);
      by_file_name_[std::filesystem::path(name).filename().string()].push_back(i);
    }
  }
  /// Several if the data set contains images of the same name from different sources.
  const std::vector<std::size_t>& find(const std::string& name) const {
    static const std::vector<std::size_t> kNone;
    const auto whole = by_name_.find(name);
    if (whole != by_name_.end()) return whole->second;
    const auto file = by_file_name_.find(std::filesystem::path(name).filename().string());
    return file != by_file_name_.end() ? file->second : kNone;
  }

 private:
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_, by_file_name_;
};

/// The captions of an image that match a line: one, or several with the same text.
std::vector<std::size_t> captions_of(const CaptionPhrases& line, const Strings& captions) {
  std::vector<std::size_t> found;
  if (line.caption_text) {
    const Strings wanted = split_at_white_space(*line.caption_text);
    if (!agree(line.phrases, wanted)) return {};
    for (std::size_t k = 0; k < captions.size(); ++k) {
      if (split_at_white_space(captions[k]) == wanted) found.push_back(k);
    }
    return found;
  }
  const std::size_t own = *line.caption;
  if (own < captions.size() && agree(line.phrases, split_at_white_space(captions[own]))) {
    return {own};
  }
  // The numbers may have shifted because the data set skipped an earlier caption, so the phrase
  // texts must identify the caption.
  const bool named = std::any_of(line.phrases.begin(), line.phrases.end(),
                                 [](const Phrase& phrase) { return !phrase.text.empty(); });
  for (std::size_t k = 0; named && k < captions.size(); ++k) {
    if (agree(line.phrases, split_at_white_space(captions[k]))) found.push_back(k);
  }
  return found.size() == 1 ? found : std::vector<std::size_t>{};
}

}  // namespace

std::vector<std::string> split_at_white_space(const std::string& caption) {
  constexpr const char* kSpace = " \t\r\n\v\f";
  Strings words;
  for (std::size_t at = caption.find_first_not_of(kSpace); at != caption.npos;) {
    const std::size_t end = std::min(caption.find_first_of(kSpace, at), caption.size());
    words.push_back(caption.substr(at, end - at));
    at = caption.find_first_not_of(kSpace, end);
  }
  return words;
}

std::string joined_words(const std::vector<std::string>& words, std::size_t first,
                         std::size_t count) {
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

std::vector<std::size_t> words_of_tokens(const std::string& caption) {
  const Strings full = ptb_tokenize(caption);
  Strings parts;
  std::vector<std::size_t> word_of_part;
  const Strings words = split_at_white_space(caption);
  for (std::size_t w = 0; w < words.size(); ++w) {
    for (std::string& token : ptb_tokenize(words[w])) {
      parts.push_back(std::move(token));
      word_of_part.push_back(w);
    }
  }
  if (parts == full) return word_of_part;
  const auto place = align(full, parts);
  std::vector<std::size_t> word(full.size(), 0);
  std::size_t last = 0;
  for (std::size_t t = 0; t < full.size(); ++t) {
    if (place[t]) last = word_of_part[*place[t]];
    word[t] = last;
  }
  return word;
}

std::vector<TokenPhrase> token_phrases(const std::string& caption,
                                       const std::vector<Phrase>& phrases) {
  std::vector<TokenPhrase> found;
  if (phrases.empty()) return found;
  const std::vector<std::size_t> word = words_of_tokens(caption);
  for (const Phrase& phrase : phrases) {
    const auto first = std::lower_bound(word.begin(), word.end(), phrase.first);
    const auto end = std::lower_bound(first, word.end(), phrase.first + phrase.words);
    if (first == end) continue;
    found.push_back({static_cast<std::size_t>(first - word.begin()),
                     static_cast<std::size_t>(end - word.begin()), phrase.text, phrase.type,
                     phrase.boxes});
  }
  return found;
}

Dataset dataset_of_phrases(const std::vector<PhraseFile>& files,
                           const std::filesystem::path& images, const std::string& split) {
  const std::string wanted = canonical_split(split);
  Dataset dataset;
  std::unordered_map<std::string, std::size_t> known;
  for (const PhraseFile& file : files) {
    const auto beside = file.path.has_parent_path() ? file.path.parent_path() : ".";
    ImageFinder finder(images.empty() ? beside : images);
    for (const CaptionPhrases& line : file.captions) {
      const bool other = !line.split.empty() && canonical_split(line.split) != wanted;
      if (other && wanted != "all") continue;
      if (!line.caption_text) {
        refuse_line(file.path, line.line,
                    "has no \"caption_text\"; give the data set that contains its captions");
      }
      const auto [place, is_new] = known.emplace(line.image, dataset.images.size());
      if (is_new) {
        const auto found = finder.find(line.image, "");
        if (!found) {
          refuse_line(file.path, line.line,
                      finder.expected(line.image).string() +
                          " does not exist; give the folder of the images");
        }
        dataset.images.push_back({line.image, *found, {}});
      }
      auto& captions = dataset.images[place->second].captions;
      if (std::find(captions.begin(), captions.end(), *line.caption_text) == captions.end()) {
        captions.push_back(*line.caption_text);
      }
    }
  }
  if (dataset.images.empty()) {
    throw std::runtime_error("the phrases have no caption of the split \"" + split +
                             "\"; expected it in the \"split\" of their lines");
  }
  return dataset;
}

DatasetPhrases match_phrases(const std::vector<PhraseFile>& files, const Dataset& dataset) {
  DatasetPhrases matched;
  for (const CaptionedImage& image : dataset.images) {
    matched.of.emplace_back(image.captions.size());
  }
  const ImageNames names(dataset);
  for (const PhraseFile& file : files) {
    std::size_t used = 0;
    for (const CaptionPhrases& line : file.captions) {
      const auto& images = names.find(line.image);
      bool fits = images.empty();  // it belongs to another split
      for (const std::size_t i : images) {
        const Strings& captions = dataset.images[i].captions;
        for (const std::size_t k : captions_of(line, captions)) {
          fits = true;
          ++used;
          ++matched.captions;
          for (TokenPhrase& phrase : token_phrases(captions[k], line.phrases)) {
            ++matched.phrases;
            matched.boxes += phrase.boxes.size();
            matched.of[i][k].push_back(std::move(phrase));
          }
        }
      }
      if (!fits) {
        matched.warnings.push_back(file.path.string() + ", line " + std::to_string(line.line) +
                                   ": " + line.image +
                                   " has no caption that matches these phrases; skipped");
      }
    }
    matched.of_file.push_back(used);
  }
  return matched;
}

void require_use(const std::vector<PhraseFile>& files, const DatasetPhrases& matched) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (matched.of_file.at(i) > 0) continue;
    throw std::runtime_error(files[i].path.string() + ": none of its " +
                             std::to_string(files[i].captions.size()) +
                             " lines matches a caption of the data set; expected the image names "
                             "and the caption numbers "
                             "or texts of the data set");
  }
}

}  // namespace saccade
