#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace saccade {

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

}  // namespace saccade
