#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/data/phrases.h"

namespace saccade {

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
