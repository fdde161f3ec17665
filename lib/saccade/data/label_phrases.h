#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/data/phrases.h"

namespace saccade {

/// A labeled bounding box of an object.
struct LabelledBox {
  std::string label;
  Box box;
};
/// An image with its labeled boxes.
struct LabeledImage {
  std::string image, split;        ///< the split may be ""
  std::vector<LabelledBox> boxes;  ///< may be empty
};

/// Reads labeled boxes from JSONL, one object per image:
///   {"image": "dog.jpg", "boxes": [["dog", 0.9, 0.1, 0.2, 0.6, 0.9], …]}
/// A box is a label, an optional score in (0, 1], and left, top, right, bottom as fractions of
/// width and height. Lines without "boxes" and unknown keys are skipped.
/// @throws std::runtime_error naming the file, the line and the expected form.
std::vector<LabeledImage> read_labelled_boxes(const std::filesystem::path& path);

struct LabelPhraseOptions {
  double min_score = 0.2;         ///< boxes with a lower score are ignored
  std::string split;              ///< only captions or images of this split; "": all
  std::filesystem::path wordnet;  ///< folder of the WordNet data files
};

/// Creates phrases for captions from labeled boxes. Each phrase consists of words that name labels
/// of the image (see LabelWords). Its type is the first of these labels, its boxes are those of all
/// of them.
/// @param captions  a caption file, see read_caption_records
/// @return the captions that have a phrase, identified by their text
/// @throws std::runtime_error if a file cannot be read, or no caption names a label
std::vector<CaptionPhrases> phrases_of_captions(const std::filesystem::path& captions,
                                                const std::vector<LabeledImage>& boxes,
                                                const LabelPhraseOptions& options);

/// Creates the caption "a LABEL" for each label of each image, with the label as its phrase.
/// @throws std::runtime_error if there are no boxes
std::vector<CaptionPhrases> phrases_of_labels(const std::vector<LabeledImage>& boxes,
                                              const LabelPhraseOptions& options);

}  // namespace saccade
