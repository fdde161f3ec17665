#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/caption/captioner.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A given sentence as words and ids.
struct TokenizedSentence {
  std::vector<std::string> words;  ///< T, lower case, without punctuation (ptb_tokenize)
  std::vector<std::int64_t> ids;   ///< T; Vocabulary::kUnknown for a word not in the vocabulary

  bool known(std::size_t t) const { return ids[t] != Vocabulary::kUnknown; }
};

constexpr std::size_t kMaxSentenceWords = 100;

/// Tokenizes a sentence.
/// @throws std::invalid_argument for a text that is not UTF-8, or that has no words, more than
///         kMaxSentenceWords, or no word in the vocabulary (such as one in another language).
TokenizedSentence read_sentence(std::string_view text, const Vocabulary& vocabulary);

/// The words of a caption as a sentence.
TokenizedSentence read_sentence(const Caption& caption, const Vocabulary& vocabulary);

/// Options of score_sentence().
struct ScoreOptions {
  std::optional<AttentionMode> mode;  ///< as in CaptionOptions
  std::uint64_t seed = 0;             ///< for AttentionMode::sampled
  std::int64_t alternatives = 0;      ///< top words listed per position, ≥ 0
};

/// Scores a sentence by teacher forcing, word by word and with maps:
///   log p(y) = Σ_t log p(y_t | y_<t, a), including the end word.
/// A caption found by search gets the same values as in the search.
/// @return the sentence as a finished caption, without calibrated p; a word outside the vocabulary
///         keeps its spelling and has the log p of <unk>
/// @throws std::invalid_argument for a sentence without words.
Caption score_sentence(const Captioner& captioner, const Image& image,
                       const TokenizedSentence& sentence, const ScoreOptions& options = {});
/// The same for an image that is already encoded.
/// @param features  1×L×D
Caption score_sentence(const Bundle& bundle, const Features& features, const Placement& placement,
                       const TokenizedSentence& sentence, const ScoreOptions& options = {});

}  // namespace saccade
