#pragma once

#include <torch/types.h>

#include "saccade/model/bundle/bundle.h"

namespace saccade::test {

/// A very small model that has every part: random weights, seven words.
inline Bundle tiny_bundle(bool folded = true) {
  torch::manual_seed(3);
  Bundle bundle;
  bundle.vocabulary = Vocabulary({"a", "dog", "runs"});
  bundle.config.input.size = 32;
  bundle.config.encoder.layer = "features.2";
  bundle.config.encoder.folded = folded;
  bundle.config.decoder.vocabulary = bundle.vocabulary.size();
  bundle.config.decoder.features = 24;
  bundle.config.decoder.projection = 6;
  bundle.config.decoder.embedding = 5;
  bundle.config.decoder.hidden = 4;
  bundle.config.decoder.attention = 3;
  bundle.encoder = Encoder(bundle.config.encoder);
  bundle.decoder = Decoder(bundle.config.decoder);
  bundle.decoder->initialize();
  bundle.decoding = {{"beam", 3}, {"length_penalty", 0.7}};
  bundle.provenance = {{"data", "none"}, {"nested", {{"bleu_4", 12.5}}}};
  return bundle;
}

}  // namespace saccade::test
