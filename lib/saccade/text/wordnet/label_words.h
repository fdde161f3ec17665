#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/text/wordnet/wordnet.h"

namespace saccade {

/// Finds the words of a sentence that name things with given labels: "puppy" for dog, "women" and
/// "player" for person, "traffic lights" for traffic light. A noun names a label if it is
///   - the label or one of its everyday names (there is a table for the 80 labels of COCO: "bike",
///     "sofa", "people"), or
///   - not the name of any label, and its most common sense in WordNet is a hyponym of the label.
///     This excludes proper names ("Big Ben"), function words and words that are also adjectives
///     ("white").
/// Compounds of WordNet are matched as a whole, longest first: neither "hot dog" nor "dog house"
/// names a dog. Not thread-safe, because lookups are cached.
class LabelWords {
 public:
  /// Words that name a thing.
  struct Named {
    std::size_t first = 0, words = 1;  ///< a range of words of the sentence
    std::vector<std::string> labels;   ///< at least one, in the order of the labels
  };

  /// @param wordnet  folder of the WordNet data files, see wordnet.h
  /// @param labels   lower case, words separated by spaces
  /// @throws std::runtime_error naming the file that is missing or not a WordNet file
  LabelWords(const std::filesystem::path& wordnet, const std::vector<std::string>& labels);

  /// @param words  a sentence split at white space; punctuation and case are ignored.
  std::vector<Named> find(const std::vector<std::string>& words);

 private:
  struct Label {
    std::string name;
    std::vector<std::string> names;    ///< lemmas, with _ for spaces
    std::vector<std::uint32_t> kinds;  ///< synsets whose hyponyms name the label
  };
  /// The cached lookup of a word or compound.
  struct Entry {
    bool noun = false;  ///< in WordNet, or a name of a label
    std::vector<std::string> labels;
  };
  const Entry& entry(const std::string& form);
  Entry look_up(const std::string& form) const;

  WordNetDatabase nouns_, adjectives_;
  std::vector<Label> labels_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace saccade
