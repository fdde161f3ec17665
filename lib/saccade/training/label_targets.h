#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/text/wordnet/label_wording.h"
#include "saccade/training/epoch_order.h"
#include "saccade/training/seeded_random.h"

namespace saccade {

/// The labels of a run in the words of its model.
struct RunLabels {
  LabelWordings words;                          ///< of the labels that have any
  std::size_t unknown = 0, images_without = 0;  ///< labels without a word, and images removed
  std::string warning;                          ///< one sentence about them; "" if there are none
};

/// Finds the words for the labels of training images, and removes the images none of whose labels
/// has a word.
/// @param wordnet  folder of the WordNet data files
/// @param shares   of `train`, reduced with it
/// @throws std::runtime_error as word_labels does
RunLabels find_label_words(const std::filesystem::path& wordnet, const Vocabulary& vocabulary,
                           Dataset& train, std::vector<ImageShare>& shares);

/// A label of an image that has words.
struct WordedLabel {
  const LabelWording* words = nullptr;
  std::size_t count = 0;  ///< as in CountedLabel
};

/// What an image with labels teaches.
struct LabelTargets {
  /// The word ids of a noun phrase, such as "two cars and a person". It has no end word, so that
  /// the model does not learn to end a caption there. May be empty.
  std::vector<std::int64_t> phrase;
  /// Per label the ids of the words that name it, not empty.
  std::vector<std::vector<std::int64_t>> names;
};

/// A noun phrase of up to three things, in random order, truncated to `max_words` words.
/// @param conjunction  the id of "and"; kUnknown: the phrase names one thing
std::vector<std::int64_t> label_phrase(std::vector<WordedLabel> labels, std::int64_t conjunction,
                                       std::int64_t max_words, Random& random);

}  // namespace saccade
