#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/data/phrases.h"

namespace saccade {

/// A phrase in the words that a model knows its caption by (ptb_tokenize).
struct TokenPhrase {
  std::size_t first = 0, end = 0;  ///< tokens first … end − 1, at least one; the last is the head
  std::string text, type;
  std::vector<Box> boxes;
};

/// For every token of ptb_tokenize(caption) the word that it comes from, counted from 0 over the
/// words that white space separates. Tokenization drops punctuation, splits contractions and now
/// and then joins words; the tokens of each word alone are aligned with those of the caption.
/// @return as many numbers as there are tokens; they never fall
std::vector<std::size_t> words_of_tokens(const std::string& caption);

/// The words of a caption as phrases count them.
std::vector<std::string> split_at_white_space(const std::string& caption);

/// Phrases as tokens; those of which no token is left are left out.
std::vector<TokenPhrase> token_phrases(const std::string& caption,
                                       const std::vector<Phrase>& phrases);

/// The phrases of a data set's captions.
struct DatasetPhrases {
  /// of[image][caption]: empty where nothing is known of a caption.
  std::vector<std::vector<std::vector<TokenPhrase>>> of;
  std::size_t captions = 0, phrases = 0, boxes = 0;  ///< found
  std::vector<std::size_t> of_file;                  ///< captions found, per file
  std::vector<std::string> warnings;                 ///< lines that fit no caption, a sentence each
};

/// The captions of phrase files that hold them, as a data set.
/// @param images  the folder of the photographs; empty: that of each file
/// @param split   lines that name another are passed over; "all": none is
/// @throws std::runtime_error for a line that has no caption_text or whose photograph is not there,
///         or when no line is left
Dataset dataset_of_phrases(const std::vector<PhraseFile>& files,
                           const std::filesystem::path& images, const std::string& split);

/// Finds the captions that phrase files speak of. A line goes to the image of its name, and there
/// to the caption of its number if the phrases' texts agree with it, else to the one caption with
/// which they do; or to the caption of its text. Lines on other images are passed over: a file
/// usually serves all splits. With several files the phrases of a caption add up.
DatasetPhrases match_phrases(const std::vector<PhraseFile>& files, const Dataset& dataset);

/// @param matched  what match_phrases found of these files
/// @throws std::runtime_error naming a file of which no line belongs to any of the captions.
void require_use(const std::vector<PhraseFile>& files, const DatasetPhrases& matched);

}  // namespace saccade
