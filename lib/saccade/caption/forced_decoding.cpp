#include "saccade/caption/forced_decoding.h"

#include <stdexcept>

#include <torch/utils.h>

#include "saccade/caption/caption.h"
#include "saccade/image/prepare.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/search/score.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

std::string some(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

TokenizedSentence read_sentence(std::string_view text, const Vocabulary& vocabulary) {
  if (const auto at = find_invalid_utf8(text)) {
    throw std::invalid_argument("the caption is not UTF-8 at byte " + std::to_string(*at + 1) +
                                "; give it as UTF-8 text");
  }
  TokenizedSentence sentence;
  sentence.words = ptb_tokenize(text);
  if (sentence.words.empty()) {
    throw std::invalid_argument(
        "the caption holds no word; give a sentence such as \"a dog runs\"");
  }
  if (sentence.words.size() > kMaxSentenceWords) {
    throw std::invalid_argument("the caption has " + some(sentence.words.size(), "word") +
                                ", but the maximum is " + std::to_string(kMaxSentenceWords) +
                                "; give one sentence");
  }
  sentence.ids = vocabulary.encode(sentence.words);
  for (std::size_t t = 0; t < sentence.ids.size(); ++t) {
    if (sentence.ids[t] < Vocabulary::kSpecials) sentence.ids[t] = Vocabulary::kUnknown;
  }
  for (std::size_t t = 0; t < sentence.ids.size(); ++t) {
    if (sentence.known(t)) return sentence;
  }
  throw std::invalid_argument(
      "none of the caption's " + some(sentence.words.size(), "word") + " is in the vocabulary of " +
      std::to_string(vocabulary.size() - Vocabulary::kSpecials) +
      " words; give a sentence in the language that `saccade caption` writes with this model");
}

TokenizedSentence read_sentence(const Caption& caption, const Vocabulary& vocabulary) {
  TokenizedSentence sentence;
  for (const CaptionWord& word : caption.words) {
    sentence.words.push_back(word.word);
    sentence.ids.push_back(vocabulary.id(word.word));
  }
  return sentence;
}

Caption score_sentence(const Bundle& bundle, const Features& features, const Placement& placement,
                       const TokenizedSentence& sentence, const ScoreOptions& options) {
  if (sentence.ids.empty()) throw std::invalid_argument("cannot score a sentence without words");
  torch::InferenceMode guard;
  const AttentionMode mode =
      options.mode.value_or(default_attention_mode(bundle.config.decoder.kind));
  at::Generator generator;
  if (mode == AttentionMode::sampled) generator = at::detail::createCPUGenerator(options.seed);
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return bundle.decoder->step(state, words, mode, generator);
  };
  const auto scored =
      score_sentences(step, bundle.decoder->start(features), {sentence.ids}, options.alternatives);
  Caption caption = make_caption(scored.front(), bundle.vocabulary, features.grid, placement);
  for (std::size_t t = 0; t < sentence.words.size(); ++t) {
    caption.words[t].word = sentence.words[t];
  }
  caption.text = join_words(caption.words);
  return caption;
}

Caption score_sentence(const Captioner& captioner, const Image& image,
                       const TokenizedSentence& sentence, const ScoreOptions& options) {
  torch::InferenceMode guard;
  const Bundle& bundle = captioner.bundle();
  const int S = bundle.config.input.size;
  at::Tensor pixels = at::empty({1, 3, S, S});
  const Placement placement = prepare_into(image, bundle.config.input, pixels.data_ptr<float>());
  Encoder encoder = bundle.encoder;
  const Features features = encoder->forward(pixels);
  return score_sentence(bundle, features, placement, sentence, options);
}

}  // namespace saccade
