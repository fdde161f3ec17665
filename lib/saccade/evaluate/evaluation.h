#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "saccade/metrics/caption_files.h"
#include "saccade/metrics/report.h"
#include "saccade/metrics/tokens.h"
#include "saccade/text/wordnet/wordnet.h"

namespace saccade {

class DocumentFrequency;

enum class Tokenizer {
  kPtb,   ///< Penn Treebank, as the reference scorer
  kNone,  ///< the text is cut already: words between white space, as they are
};

const char* name_of(Tokenizer tokenizer);  ///< "ptb", "none"
/// @throws std::invalid_argument for another name.
Tokenizer tokenizer_named(const std::string& name);
Tokens tokenize(const std::string& text, Tokenizer tokenizer);

/// Captions and references of the same images, in the order of the captions.
struct PairedCaptions {
  std::vector<std::string> images;  ///< keys
  std::vector<Tokens> hypotheses;
  std::vector<References> references;
  std::vector<std::string> without_reference;   ///< images that only a caption names
  std::vector<std::string> without_hypothesis;  ///< images that only the references name
};

/// Matches by image_key, or by the references' second name. References that have no word left are
/// left out, and an image that has no reference left counts as one without.
PairedCaptions pair_captions(const std::vector<HypothesisEntry>& hypotheses,
                             const std::vector<ReferenceEntry>& references, Tokenizer tokenizer);

/// @throws std::runtime_error that counts and names the images missing on either side, if there are
/// any,
///         and always when no image is left.
void require_complete(const PairedCaptions& captions, bool allow_missing);

struct EvaluationOptions {
  Tokenizer tokenizer = Tokenizer::kPtb;          ///< which cut the captions
  std::shared_ptr<const WordNet> wordnet;         ///< null: no METEOR-wn
  const DocumentFrequency* frequency = nullptr;   ///< null: from the references
  const std::vector<Tokens>* training = nullptr;  ///< captions that may have been copied
  std::size_t resamples = 0;                      ///< of the bootstrap; 0: no intervals
  std::uint64_t seed = 1;
};

/// What each image adds to the scores.
/// @throws std::invalid_argument for no images or an image without reference.
std::vector<ImageScores> score_images(const PairedCaptions& captions,
                                      const EvaluationOptions& options);

/// All scores and figures. The caller adds where the captions came from and how they were made.
/// @param images  of score_images.
Report make_report(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                   const EvaluationOptions& options);

/// One JSON object per image: image, caption, bleu, rouge_l, cider, meteor_wn.
std::string per_image_jsonl(const PairedCaptions& captions, const std::vector<ImageScores>& images,
                            bool has_meteor);

}  // namespace saccade
