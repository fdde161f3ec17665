#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace saccade {

/// Which words name things of one kind, so that one may stand in another's place and be wrong: two
/// animals, two colours, two garments. From WordNet's nouns and verbs:
///   - people, animals, plants, parts of the body, dishes and colours are a kind each,
///   - other nouns are of one kind with those that share a near ancestor (garment, vehicle, …),
///   - verbs are of one kind with those of their lexicographer's file (motion, contact, …).
class WordKinds {
 public:
  /// @param folder  WordNet's data files, see wordnet.h.
  /// @param words   the vocabulary, in id order; looked up once.
  /// @throws std::runtime_error naming the file that is missing or not WordNet's.
  WordKinds(const std::filesystem::path& folder, const std::vector<std::string>& words);

  /// Whether both are of one kind and neither includes the other.
  bool same_kind(std::int64_t a, std::int64_t b) const;
  /// Whether what is called one may well be called the other: the same word in another form,
  /// synonyms, or one the more general ("person", "man").
  bool compatible(std::int64_t a, std::int64_t b) const;
  /// Whether WordNet gives the word any kind.
  bool has_kind(std::int64_t id) const { return !entry(id).kinds.empty(); }

 private:
  struct Entry {
    std::string base;
    std::vector<std::uint32_t> kinds;             ///< sorted
    std::vector<std::uint32_t> senses;            ///< its commonest noun senses, as synsets
    std::unordered_set<std::uint32_t> ancestors;  ///< of the commonest noun sense
  };
  const Entry& entry(std::int64_t id) const { return entries_.at(static_cast<std::size_t>(id)); }

  std::vector<Entry> entries_;
};

}  // namespace saccade
