#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "saccade/text/vocabulary.h"

namespace saccade {

/// A label in the words of a vocabulary. At least one of the two lists is not empty.
struct LabelWording {
  /// Noun phrases for 1, 2, … kSeveral things, as word ids: "a cat", "two cats", …, "several cats".
  /// Empty for an activity ("tennis"), and if the vocabulary lacks the noun. Where it lacks only
  /// the plural or the article, the phrase is "a cat" or "cat".
  std::vector<std::vector<std::int64_t>> phrases;
  /// The ids of the words that name the label (see LabelWords), ascending: "person" and also "man"
  /// and "people" for person. For a compound without such a word its head: "room" for living room.
  std::vector<std::int64_t> names;
};

using LabelWordings = std::map<std::string, LabelWording>;

/// Finds the words for labels. The noun is the label itself, in the singular. If the vocabulary
/// lacks it, it is the head of the compound ("salad" for beet salad) or the most frequent synonym.
/// @param wordnet  folder of the WordNet data files, see wordnet.h
/// @param labels   lower case, words separated by spaces
/// @return without the labels for which the vocabulary has no word
/// @throws std::runtime_error naming the file that is missing or not a WordNet file
LabelWordings word_labels(const std::filesystem::path& wordnet,
                          const std::vector<std::string>& labels, const Vocabulary& vocabulary);

}  // namespace saccade
