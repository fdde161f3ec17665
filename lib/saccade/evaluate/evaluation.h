#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "saccade/metrics/caption_files.h"
#include "saccade/metrics/ngrams.h"
#include "saccade/metrics/report.h"
#include "saccade/text/wordnet/wordnet.h"

namespace saccade {

class DocumentFrequency;

enum class Tokenizer {
  kPtb,   ///< Penn Treebank, as in the reference scorer
  kNone,  ///< the text is already tokenized: splits at white space
};

const char* name_of(Tokenizer tokenizer);  ///< "ptb", "none"
/// @throws std::invalid_argument for a name other than "ptb" and "none".
Tokenizer tokenizer_named(const std::string& name);
Tokens tokenize(const std::string& text, Tokenizer tokenizer);

/// Captions and references of the same images, in the order of the captions.
struct PairedCaptions {
  std::vector<std::string> images;  ///< as the references name them
  std::vector<Tokens> hypotheses;
  std::vector<References> references;
  std::vector<std::string> without_reference;   ///< images that only a caption names
  std::vector<std::string> without_hypothesis;  ///< images that only the references name
};

/// Matches captions and references by match_images, else by the id of the references. References
/// without a word are dropped; an image without any remaining reference counts as one without
/// references.
/// @throws std::runtime_error as match_images does
PairedCaptions pair_captions(const std::vector<HypothesisEntry>& hypotheses,
                             const std::vector<ReferenceEntry>& references, Tokenizer tokenizer);

/// Checks that captions and references are for the same images.
/// @throws std::runtime_error that counts and names the images missing on either side, unless
///         allow_missing; and always when there is no common image.
void require_complete(const PairedCaptions& captions, bool allow_missing);

struct EvaluationOptions {
  Tokenizer tokenizer = Tokenizer::kPtb;          ///< the one used for the captions
  std::shared_ptr<const WordNet> wordnet;         ///< null: no METEOR-wn
  const DocumentFrequency* frequency = nullptr;   ///< null: from the references
  const std::vector<Tokens>* training = nullptr;  ///< training captions, to count copies; or null
  std::size_t resamples = 0;                      ///< of the bootstrap; 0: no intervals
  std::uint64_t seed = 1;
};

/// The statistics of each image from which the corpus scores are computed.
/// @throws std::invalid_argument for no images or an image without references.
std::vector<ImageScores> score_images(const PairedCaptions& captions,
                                      const EvaluationOptions& options);

/// All scores and statistics. The caller adds the sources of the captions and their decoding
/// options.
/// @param images  the result of score_images.
Report make_report(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                   const EvaluationOptions& options);

/// One JSON object per image: image, caption, bleu, rouge_l, cider, meteor_wn.
std::string per_image_jsonl(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                            bool has_meteor);

}  // namespace saccade
