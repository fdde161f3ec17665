#include "saccade/caption/decoding_options.h"

namespace saccade {

CaptionOptions options_of(const nlohmann::json& decoding) {
  CaptionOptions options;
  BeamSearchOptions& search = options.search;
  WordConstraints& words = search.constraints;
  search.beam = decoding.value("beam", search.beam);
  search.length_penalty = decoding.value("length_penalty", search.length_penalty);
  words.max_length = decoding.value("max_length", words.max_length);
  words.no_repeat_ngram = decoding.value("no_repeat_ngram", words.no_repeat_ngram);
  words.repeat_penalty = decoding.value("repeat_penalty", words.repeat_penalty);
  return options;
}

nlohmann::json decoding_of(const CaptionOptions& options) {
  const BeamSearchOptions& search = options.search;
  const WordConstraints& words = search.constraints;
  const WordConstraints usual;
  nlohmann::json decoding{{"beam", search.beam}, {"length_penalty", search.length_penalty}};
  if (words.max_length != usual.max_length) decoding["max_length"] = words.max_length;
  if (words.no_repeat_ngram != usual.no_repeat_ngram) {
    decoding["no_repeat_ngram"] = words.no_repeat_ngram;
  }
  if (words.repeat_penalty != usual.repeat_penalty) {
    decoding["repeat_penalty"] = words.repeat_penalty;
  }
  return decoding;
}

}  // namespace saccade
