#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/io/mapped_file.h"

namespace saccade {

/// One part of speech of WordNet, looked up in its files as they lie on the disk (wndb(5WN)): the
/// index is sorted, a synset's number is its offset in the data file.
class WordNetDatabase {
 public:
  struct Synset {
    int file = 0;                          ///< the lexicographer's file: 5 animals, 18 people, …
    std::vector<std::uint32_t> hypernyms;  ///< what it is a kind of
    bool has_name = false;                 ///< a single thing or person with a name: Big Ben
  };

  /// @param part  "noun", "verb" or "adj".
  /// @throws std::runtime_error naming the file that is missing.
  WordNetDatabase(const std::filesystem::path& folder, const std::string& part);

  /// The lemma's synsets, the commonest first; none for what is no lemma.
  std::vector<std::uint32_t> senses(const std::string& lemma) const;
  /// The lemma that a form is of ("men" man, "dogs" dog); the form itself where it is one, "" for
  /// none.
  std::string lemma(const std::string& form) const;
  /// @throws std::runtime_error for an offset at which no synset lies.
  Synset synset(std::uint32_t offset) const;
  /// Every ancestor with the steps to it, the synset itself at 0.
  std::map<std::uint32_t, int> ancestors(std::uint32_t offset) const;

 private:
  std::string part_;
  MappedFile index_, data_;
  std::unordered_map<std::string, std::string> exceptions_;
};

}  // namespace saccade
