#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// The words of a model, in id order. The four special words always have the first ids.
class Vocabulary {
 public:
  static constexpr std::int64_t kPad =
      0;  ///< "<pad>"; pads the captions of a batch, never a target
  static constexpr std::int64_t kStart = 1;    ///< "<start>"; precedes the first word
  static constexpr std::int64_t kEnd = 2;      ///< "<end>"
  static constexpr std::int64_t kUnknown = 3;  ///< "<unk>"
  static constexpr std::int64_t kSpecials = 4;

  /// A vocabulary with only the special words.
  Vocabulary();
  /// @param words  UTF-8, non-empty, unique, without the special words.
  /// @throws std::invalid_argument for an empty, repeated, special or invalid UTF-8 word.
  explicit Vocabulary(const std::vector<std::string>& words);

  /// The words that occur at least `min_count` times, by descending count, ties in byte order.
  static Vocabulary build(const std::vector<std::vector<std::string>>& captions,
                          std::int64_t min_count);

  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }  ///< V
  /// The word's id, or kUnknown.
  std::int64_t id(const std::string& word) const;
  bool contains(const std::string& word) const { return ids_.count(word) != 0; }
  /// @throws std::out_of_range for an unknown id.
  const std::string& word(std::int64_t id) const { return words_.at(static_cast<std::size_t>(id)); }
  const std::vector<std::string>& words() const { return words_; }

  /// The ids of the tokens, kUnknown for unknown ones.
  std::vector<std::int64_t> encode(const std::vector<std::string>& tokens) const;

  /// The contents of vocab.json: {"special": {"pad": 0, …}, "words": ["<pad>", …]}.
  std::string to_json() const;
  /// @param name  the file name, for messages.
  /// @throws std::runtime_error if the text is not a valid vocabulary.
  static Vocabulary from_json(const std::string& text, const std::string& name);

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int64_t> ids_;
};

}  // namespace saccade
