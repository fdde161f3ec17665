#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

/// Which words of English mean the same, from WordNet's own index and exception files.
class WordNet {
 public:
  /// @param folder  with index.noun, noun.exc and their like; Debian's wordnet-base puts them into
  ///                /usr/share/wordnet.
  /// @throws std::runtime_error naming the file that is missing or not WordNet's.
  explicit WordNet(const std::filesystem::path& folder);

  /// The sets of synonyms that the word belongs to, itself or by its base form ("mice", "running"),
  /// sorted. Empty for a word that WordNet does not have.
  std::vector<std::uint32_t> synsets(const std::string& word) const;
  std::size_t size() const { return synsets_.size(); }  ///< single words

 private:
  void read_index(const std::filesystem::path& path, std::uint32_t part_of_speech);
  void read_exceptions(const std::filesystem::path& path);
  /// The word's entry for the first ending that can be taken off it, or none.
  const std::vector<std::uint32_t>* find_base(const std::string& word) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>> synsets_;
  std::unordered_map<std::string, std::vector<std::string>> exceptions_;
};

}  // namespace saccade
