#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/caption/captioner.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A sentence that the model did not write, cut into the words that it knows sentences by.
struct TokenizedSentence {
  std::vector<std::string> words;  ///< lower case, without punctuation (ptb_tokenize)
  std::vector<std::int64_t> ids;   ///< T; Vocabulary::kUnknown for a word the model does not know

  bool known(std::size_t t) const { return ids[t] != Vocabulary::kUnknown; }
};

constexpr std::size_t kMaxSentenceWords = 100;

/// @throws std::invalid_argument for a text that is not UTF-8, holds no word, more than
///         kMaxSentenceWords or no word that the model knows (another language, another script).
TokenizedSentence read_sentence(std::string_view text, const Vocabulary& vocabulary);

/// A caption that a search found, as a sentence to be asked about.
TokenizedSentence read_sentence(const Caption& caption, const Vocabulary& vocabulary);

struct ScoreOptions {
  /// Empty: the bundle's own kind, see CaptionOptions.
  std::optional<AttentionMode> mode;
  std::uint64_t seed = 0;         ///< of the cells that a `sampled` glimpse draws
  std::int64_t alternatives = 0;  ///< strongest words listed per place
};

/// log p of the sentence word by word with its maps: log p(y) = Σ_t log p(y_t | y_<t, a), the end
/// word included. What the search said of a caption it says again.
/// @return the sentence as a finished caption; a word that the model does not know keeps its
///         spelling and has the log p of <unk>.
/// @throws std::invalid_argument for a sentence without words.
Caption score_sentence(const Captioner& captioner, const Image& image,
                       const TokenizedSentence& sentence, const ScoreOptions& options = {});
/// The same for an image whose annotations are known. @param features  1×L×D.
Caption score_sentence(const Bundle& bundle, const Features& features, const Placement& placement,
                       const TokenizedSentence& sentence, const ScoreOptions& options = {});

}  // namespace saccade
