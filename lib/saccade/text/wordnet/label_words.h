#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/text/wordnet/wordnet_database.h"

namespace saccade {

/// Which words of a sentence name things of given labels: "puppy" a dog, "women" and "player" a
/// person, "traffic lights" a traffic light. A noun names a label when it is
///   - the label or one of its everyday names (COCO's 80 labels have a table: "bike", "sofa",
///   "people"),
///   - or no label's name, and by its commonest sense in WordNet a kind of what the label is; but
///     not a name ("Big Ben"), a function word or a word that is also an adjective ("white").
/// WordNet's compounds are taken whole, the longest first: a "hot dog" is no dog, and a "doghouse"
/// written in two words neither. Looked-up words are kept: not to be shared between threads.
class LabelWords {
 public:
  /// Words that name a thing.
  struct Named {
    std::size_t first = 0, words = 1;  ///< of the sentence
    std::vector<std::string> labels;   ///< one or more, in the order of the labels
  };

  /// @param wordnet  folder of WordNet's data files, see wordnet.h
  /// @param labels   lower case, words separated by spaces
  /// @throws std::runtime_error naming the file that is missing or not WordNet's
  LabelWords(const std::filesystem::path& wordnet, const std::vector<std::string>& labels);

  /// @param words  a sentence split at white space, as written; punctuation and case do not matter.
  std::vector<Named> find(const std::vector<std::string>& words);

 private:
  struct Label {
    std::string name;
    std::vector<std::string> names;    ///< lemmas, with _ for spaces
    std::vector<std::uint32_t> kinds;  ///< synsets of which a noun may be a kind
  };
  /// What is known of a word or compound.
  struct Entry {
    bool noun = false;  ///< of WordNet, or a name of a label
    std::vector<std::string> labels;
  };
  const Entry& entry(const std::string& form);
  Entry look_up(const std::string& form) const;

  WordNetDatabase nouns_, adjectives_;
  std::vector<Label> labels_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace saccade
