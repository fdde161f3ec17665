#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// Words in id order. The four special words have the first ids, always.
class Vocabulary {
 public:
  static constexpr std::int64_t kPad = 0;    ///< "<pad>"; fills the end of a batch, never a target
  static constexpr std::int64_t kStart = 1;  ///< "<start>"; what precedes the first word
  static constexpr std::int64_t kEnd = 2;    ///< "<end>"
  static constexpr std::int64_t kUnknown = 3;  ///< "<unk>"
  static constexpr std::int64_t kSpecials = 4;

  /// A vocabulary of the special words alone.
  Vocabulary();
  /// @param words  UTF-8, without the specials, each once and not empty.
  /// @throws std::invalid_argument for an empty, repeated, special or mis-encoded word.
  explicit Vocabulary(const std::vector<std::string>& words);

  /// The words seen at least `min_count` times, the most frequent first, ties in byte order.
  static Vocabulary build(const std::vector<std::vector<std::string>>& captions,
                          std::int64_t min_count);

  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }  ///< V
  /// The word's id, or kUnknown.
  std::int64_t id(const std::string& word) const;
  bool contains(const std::string& word) const { return ids_.count(word) != 0; }
  /// @throws std::out_of_range
  const std::string& word(std::int64_t id) const { return words_.at(static_cast<std::size_t>(id)); }
  const std::vector<std::string>& words() const { return words_; }

  std::vector<std::int64_t> encode(const std::vector<std::string>& tokens) const;

  /// vocab.json: {"special": {"pad": 0, …}, "words": ["<pad>", …]}.
  std::string to_json() const;
  /// @throws std::runtime_error saying what is wrong; `name` stands in the message.
  static Vocabulary from_json(const std::string& text, const std::string& name);

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int64_t> ids_;
};

}  // namespace saccade
