#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace saccade {

/// Groups words into kinds, such that replacing a word by another one of its kind makes a plausible
/// mistake: two animals, two colors, two garments. Based on the nouns and verbs of WordNet:
///   - people, animals, plants, parts of the body, food and colors are one kind each,
///   - other nouns are of the same kind if they share a near hypernym (garment, vehicle, …),
///   - verbs are of the same kind if they share a lexicographer file (motion, contact, …).
class WordKinds {
 public:
  /// @param folder  folder of the WordNet data files, see wordnet.h.
  /// @param words   the vocabulary, in id order.
  /// @throws std::runtime_error naming the file that is missing or not a WordNet file.
  WordKinds(const std::filesystem::path& folder, const std::vector<std::string>& words);

  /// Whether two words (by id) are of the same kind and not compatible.
  bool same_kind(std::int64_t a, std::int64_t b) const;
  /// Whether both words may describe the same thing: two forms of a word, synonyms, or a word and a
  /// more general one ("man", "person").
  bool compatible(std::int64_t a, std::int64_t b) const;
  /// Whether the word has a kind.
  bool has_kind(std::int64_t id) const { return !entry(id).kinds.empty(); }

 private:
  struct Entry {
    std::string base;
    std::vector<std::uint32_t> kinds;             ///< sorted
    std::vector<std::uint32_t> senses;            ///< its most common noun senses, as synsets
    std::unordered_set<std::uint32_t> ancestors;  ///< of the most common noun sense
  };
  const Entry& entry(std::int64_t id) const { return entries_.at(static_cast<std::size_t>(id)); }

  std::vector<Entry> entries_;
};

}  // namespace saccade
