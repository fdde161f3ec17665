#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/io/mapped_file.h"

namespace saccade {

/// Looks up one part of speech directly in the WordNet files (format: wndb(5WN)). The index is
/// sorted; a synset's number is its offset in the data file.
class WordNetDatabase {
 public:
  struct Synset {
    int file = 0;                          ///< the lexicographer file: 5 animals, 18 people, …
    std::vector<std::uint32_t> hypernyms;  ///< the more general synsets
    bool has_name = false;                 ///< an instance with a proper name: Big Ben
  };

  /// @param part  "noun", "verb" or "adj".
  /// @throws std::runtime_error naming the file that is missing.
  WordNetDatabase(const std::filesystem::path& folder, const std::string& part);

  /// The synsets of a lemma, most common first; empty if it is not a lemma.
  std::vector<std::uint32_t> senses(const std::string& lemma) const;
  /// The lemma of an inflected form ("men" → "man", "dogs" → "dog"); "" if there is none.
  std::string lemma(const std::string& form) const;
  /// @throws std::runtime_error if there is no synset at the offset.
  Synset synset(std::uint32_t offset) const;
  /// All ancestors (direct and indirect hypernyms) with the number of steps to each; the synset
  /// itself has 0.
  std::map<std::uint32_t, int> ancestors(std::uint32_t offset) const;

 private:
  std::string part_;
  MappedFile index_, data_;
  std::unordered_map<std::string, std::string> exceptions_;
};

}  // namespace saccade
