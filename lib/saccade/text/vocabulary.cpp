#include "saccade/text/vocabulary.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "saccade/io/json.h"

namespace saccade {
namespace {

/// A special word: its name in vocab.json and its spelling. Its id is its index in the table.
struct Special {
  const char* name;
  const char* word;
};

constexpr Special kSpecialWords[Vocabulary::kSpecials] = {
    {"pad", "<pad>"}, {"start", "<start>"}, {"end", "<end>"}, {"unknown", "<unk>"}};

bool is_special(const std::string& word) {
  return std::any_of(std::begin(kSpecialWords), std::end(kSpecialWords),
                     [&](const Special& special) { return word == special.word; });
}

bool is_utf8(const std::string& text) {
  try {
    nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace

Vocabulary::Vocabulary() : Vocabulary(std::vector<std::string>()) {}

Vocabulary::Vocabulary(const std::vector<std::string>& words) {
  for (const auto& special : kSpecialWords) {
    ids_.emplace(special.word, size());
    words_.emplace_back(special.word);
  }
  words_.reserve(words_.size() + words.size());
  for (const auto& word : words) {
    const std::string place = "word " + std::to_string(size()) + " of the vocabulary";
    if (word.empty()) throw std::invalid_argument(place + " is empty");
    if (!is_utf8(word)) throw std::invalid_argument(place + " is not UTF-8");
    if (!ids_.emplace(word, size()).second) {
      throw std::invalid_argument(place + ", \"" + word + "\", already exists with id " +
                                  std::to_string(ids_.at(word)));
    }
    words_.push_back(word);
  }
}

Vocabulary Vocabulary::build(const std::vector<std::vector<std::string>>& captions,
                             std::int64_t min_count) {
  std::map<std::string, std::int64_t> counts;  // byte order
  for (const auto& caption : captions) {
    for (const auto& word : caption) ++counts[word];
  }
  std::vector<std::pair<std::string, std::int64_t>> kept;
  for (const auto& [word, count] : counts) {
    if (count >= min_count && !is_special(word)) kept.emplace_back(word, count);
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> words;
  for (auto& entry : kept) words.push_back(std::move(entry.first));
  return Vocabulary(words);
}

std::int64_t Vocabulary::id(const std::string& word) const {
  const auto found = ids_.find(word);
  return found == ids_.end() ? kUnknown : found->second;
}

std::vector<std::int64_t> Vocabulary::encode(const std::vector<std::string>& tokens) const {
  std::vector<std::int64_t> ids;
  ids.reserve(tokens.size());
  for (const auto& token : tokens) ids.push_back(id(token));
  return ids;
}

std::string Vocabulary::to_json() const {
  nlohmann::ordered_json json;
  for (std::int64_t id = 0; id < kSpecials; ++id) json["special"][kSpecialWords[id].name] = id;
  json["words"] = words_;
  return json.dump(1) + "\n";
}

Vocabulary Vocabulary::from_json(const std::string& text, const std::string& name) {
  const auto json = parse_strict_json(text, name);
  try {
    JsonFields fields(json, "");
    auto special = fields.object("special");
    for (std::int64_t id = 0; id < kSpecials; ++id) {
      special.integer(kSpecialWords[id].name, id, id);
    }
    special.finish();
    const auto& list = fields.at("words");
    fields.finish();
    if (!list.is_array()) fields.refuse("words", "an array of strings");
    std::vector<std::string> words;
    words.reserve(list.size());
    for (const auto& word : list) {
      if (!word.is_string()) fields.refuse("words", "an array of strings");
      words.push_back(word.get<std::string>());
    }
    for (std::int64_t id = 0; id < kSpecials; ++id) {
      if (id < static_cast<std::int64_t>(words.size()) && words[id] == kSpecialWords[id].word)
        continue;
      fields.refuse("words", std::string("\"") + kSpecialWords[id].word + "\" at index " +
                                 std::to_string(id));
    }
    return Vocabulary({words.begin() + kSpecials, words.end()});
  } catch (const std::exception& error) {
    throw std::runtime_error(name + ": " + error.what() +
                             "; restore the vocabulary that the model was trained with");
  }
}

}  // namespace saccade
