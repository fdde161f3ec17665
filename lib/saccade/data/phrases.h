#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
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

/// A phrase as a range of the tokens of its caption (ptb_tokenize).
struct TokenPhrase {
  std::size_t first = 0, end = 0;  ///< tokens first … end − 1, at least one; the last is the head
  std::string text, type;
  std::vector<Box> boxes;
};

/// For each token of ptb_tokenize(caption), the index of its white-space-separated word, from 0.
/// Tokenization drops punctuation, splits contractions and sometimes joins words, so the tokens of
/// the single words are aligned with those of the caption.
/// @return one index per token, in non-decreasing order
std::vector<std::size_t> words_of_tokens(const std::string& caption);

/// The words of a caption, as counted by phrases.
std::vector<std::string> split_at_white_space(const std::string& caption);

/// The words `first` … `first + count − 1`, separated by single spaces.
std::string joined_words(const std::vector<std::string>& words, std::size_t first,
                         std::size_t count);

/// Converts phrases to token ranges. Phrases without a token are omitted.
std::vector<TokenPhrase> token_phrases(const std::string& caption,
                                       const std::vector<Phrase>& phrases);

/// The phrases of a data set's captions.
struct DatasetPhrases {
  /// of[image][caption]: empty if there are no phrases for a caption.
  std::vector<std::vector<std::vector<TokenPhrase>>> of;
  std::size_t captions = 0, phrases = 0, boxes = 0;  ///< numbers of matches
  std::vector<std::size_t> of_file;                  ///< matched captions per file
  std::vector<std::string> warnings;  ///< lines that match no caption, one sentence each
};

/// Builds a data set from phrase files that contain the caption texts.
/// @param images  the folder of the images; empty: the folder of each file
/// @param split   lines of other splits are skipped; "all": none is skipped
/// @throws std::runtime_error for a line without caption_text or with a missing image, or if no
///         line belongs to the split
Dataset dataset_of_phrases(const std::vector<PhraseFile>& files,
                           const std::filesystem::path& images, const std::string& split);

/// Matches the lines of phrase files with captions. A line belongs to the image with its name, and
/// there to the captions with its caption_text. If it has only a caption number, it belongs to the
/// caption with this number if the phrase texts agree with it, otherwise to the only caption that
/// agrees. Lines for other images are skipped, since a file usually contains all splits. Phrases
/// from several files are combined.
DatasetPhrases match_phrases(const std::vector<PhraseFile>& files, const Dataset& dataset);

/// Checks that each file is used.
/// @param matched  the result of match_phrases for these files
/// @throws std::runtime_error naming a file of which no line matches a caption.
void require_use(const std::vector<PhraseFile>& files, const DatasetPhrases& matched);

}  // namespace saccade
