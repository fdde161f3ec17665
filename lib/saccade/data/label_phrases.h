#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/data/phrases.h"

namespace saccade {

/// What is known of a photograph's things: boxes with labels.
struct LabelledBox {
  std::string label;
  Box box;
};
struct LabelledPhotograph {
  std::string image, split;        ///< the split or ""
  std::vector<LabelledBox> boxes;  ///< may be none
};

/// Reads boxes with labels: JSONL, an object per photograph,
///   {"image": "dog.jpg", "boxes": [["dog", 0.9, 0.1, 0.2, 0.6, 0.9], …]}
/// each box a label, perhaps a score in (0, 1], and left, top, right, bottom in shares of width and
/// height. Lines without "boxes" are passed over, other keys too.
/// @throws std::runtime_error naming file, line and what was expected.
std::vector<LabelledPhotograph> read_labelled_boxes(const std::filesystem::path& path);

struct LabelPhraseOptions {
  double min_score = 0.2;         ///< boxes below it are left out
  std::string split;              ///< only captions, or photographs, of this split; "": all
  std::filesystem::path wordnet;  ///< folder of WordNet's data files
};

/// Phrases for captions without any, from boxes with labels: a box counts only for a word that a
/// caption says, see LabelWords. Each phrase is the naming words alone, its type the first label
/// that they name, its boxes those of all the labels that they name.
/// @param captions  any file of captions, see read_caption_records
/// @return the captions that have a phrase, by their text
/// @throws std::runtime_error for a file that cannot be read, or when no caption names a box
std::vector<CaptionPhrases> phrases_of_captions(const std::filesystem::path& captions,
                                                const std::vector<LabelledPhotograph>& boxes,
                                                const LabelPhraseOptions& options);

/// The sentence "a LABEL" for each label of each photograph, its phrase the label with its boxes.
/// @throws std::runtime_error when there is none
std::vector<CaptionPhrases> phrases_of_labels(const std::vector<LabelledPhotograph>& boxes,
                                              const LabelPhraseOptions& options);

}  // namespace saccade
