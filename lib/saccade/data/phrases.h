#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/image/box.h"

namespace saccade {

/// A range of words of a caption and the boxes of what they name in the image.
struct Phrase {
  std::size_t first = 0;   ///< index of its first word, from 0; white space separates words
  std::size_t words = 1;   ///< number of words, ≥ 1
  std::string text;        ///< its words, separated by single spaces; "" if not given
  std::string type;        ///< e.g. "people", "clothing/scene"; "" if not given
  std::vector<Box> boxes;  ///< in fractions of the image; empty: not visible

  /// Whether `one_type` is the type, or one of several types separated by slashes.
  bool is(const std::string& one_type) const;
};

/// The phrases of one caption of an image.
struct CaptionPhrases {
  std::string image;  ///< as named in the data set
  /// The index of the caption among those of the image in the data set, or its text. If both are
  /// given, the text is used.
  std::optional<std::size_t> caption;
  std::optional<std::string> caption_text;
  std::string split;  ///< may be ""
  std::vector<Phrase> phrases;
  std::size_t line = 0;  ///< number of the line in the file, from 1
};

struct PhraseFile {
  std::filesystem::path path;
  std::vector<CaptionPhrases> captions;
};

/// Reads a phrases file: JSONL with one object per caption,
///   {"image": "dog.jpg", "caption": 0, "phrases": [{"first": 0, "words": 2, "text": "A dog",
///     "type": "animals", "boxes": [[0.1, 0.2, 0.6, 0.9]]}]}
///   image         the image name in the data set
///   caption       the index of the caption, from 0, or
///   caption_text  the caption itself, for data without caption indices
///   split         "train", "dev", "test" (optional)
///   phrases       first, words: index (from 0) and number of its white-space-separated words;
///                 text: these words, to check against the caption (optional);
///                 type: a name, or several separated by slashes (optional);
///                 boxes: left, top, right, bottom as fractions of width and height, 0…1, and
///                 optionally the box's score in (0, 1]
/// Other keys are ignored.
/// @throws std::runtime_error naming the file, the line and the expected form.
PhraseFile read_phrases(const std::filesystem::path& path);

/// One line of such a file, without the line break. A score of 1 is omitted.
std::string to_json_line(const CaptionPhrases& caption);

}  // namespace saccade
