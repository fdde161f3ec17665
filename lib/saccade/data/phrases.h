#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/image/box.h"

namespace saccade {

/// Some words of a caption and where in the photograph is what they name.
struct Phrase {
  std::size_t first = 0;   ///< its first word, from 0; words are what white space separates
  std::size_t words = 1;   ///< how many, ≥ 1
  std::string text;        ///< as written, its words with a space between; "" where unsaid
  std::string type;        ///< e.g. "people", "clothing/scene"; "" where unsaid
  std::vector<Box> boxes;  ///< in shares of the photograph; none: it is nowhere to be seen

  /// Whether the type, or one of several with a slash between, has this name.
  bool is(const std::string& one_type) const;
};

/// The phrases of one caption of one photograph.
struct CaptionPhrases {
  std::string image;  ///< as the data set names it
  /// Which caption of the photograph, from 0 in the data set's order; or its text; or both, and
  /// then the text decides.
  std::optional<std::size_t> caption;
  std::optional<std::string> caption_text;
  std::string split;  ///< or ""
  std::vector<Phrase> phrases;
  std::size_t line = 0;  ///< of the file, from 1
};

struct PhraseFile {
  std::filesystem::path path;
  std::vector<CaptionPhrases> captions;
};

/// Reads a phrases file: JSONL, an object per caption,
///   {"image": "dog.jpg", "caption": 0, "phrases": [
///     {"first": 0, "words": 2, "text": "A dog", "type": "animals", "boxes": [[0.1, 0.2, 0.6,
///     0.9]]}]}
///   image         the photograph, as the data set names it
///   caption       the number of its caption, from 0, or
///   caption_text  the caption itself, for data whose captions have no numbers
///   split         "train", "dev", "test" (optional)
///   phrases       first, words: the words of the caption, split at white space, first from 0;
///                 text: these words, to check against the caption (optional);
///                 type: a name, or several with a slash between (optional);
///                 boxes: left, top, right, bottom in shares of width and height, 0…1, and
///                 optionally a fifth number, the box's score in (0, 1]
/// Other keys are passed over.
/// @throws std::runtime_error naming file, line and what was expected.
PhraseFile read_phrases(const std::filesystem::path& path);

/// One line of such a file, without its end; a score of 1 is left out.
std::string to_json_line(const CaptionPhrases& caption);

}  // namespace saccade
