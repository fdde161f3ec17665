#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/io/mapped_file.h"

struct sb_stemmer;

namespace saccade {

/// Snowball's English stemmer ("running" → "run") with a cache. Not thread-safe.
class Stemmer {
 public:
  /// @throws std::runtime_error if the library has no English stemmer.
  Stemmer();
  /// @param word  lower case UTF-8.
  const std::string& stem(const std::string& word);

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
  std::unordered_map<std::string, std::string> known_;
};

/// Looks up synonyms of English words in the index and exception files of WordNet.
class WordNet {
 public:
  /// @param folder  contains index.noun, noun.exc etc.; Debian's wordnet-base installs them to
  ///                /usr/share/wordnet.
  /// @throws std::runtime_error naming the file that is missing or not a WordNet file.
  explicit WordNet(const std::filesystem::path& folder);

  /// The synonym sets that contain the word or its base form ("mice" → "mouse"), sorted. Empty for
  /// a word that is not in WordNet.
  std::vector<std::uint32_t> synsets(const std::string& word) const;
  std::size_t size() const { return synsets_.size(); }  ///< number of single words

 private:
  void read_index(const std::filesystem::path& path, std::uint32_t part_of_speech);
  void read_exceptions(const std::filesystem::path& path);
  /// The entry of the first known base form that results from removing an ending, or nullptr.
  const std::vector<std::uint32_t>* find_base(const std::string& word) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>> synsets_;
  std::unordered_map<std::string, std::vector<std::string>> exceptions_;
};

/// A compound as WordNet writes it: "traffic light" is "traffic_light".
std::string with_underscores(std::string words);

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
