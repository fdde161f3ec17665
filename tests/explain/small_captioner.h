#pragma once

#include <string>
#include <vector>

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/caption/captioner.h"
#include "saccade/caption/forced_decoding.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade::test {

inline const std::vector<std::string>& small_words() {
  static const std::vector<std::string> words = {"a",    "dog", "cat", "bird", "runs",
                                                 "sits", "red", "on",  "blue"};
  return words;
}

/// A model with random weights, large enough that its captions depend on the image.
inline Bundle small_bundle() {
  torch::manual_seed(5);
  Bundle bundle;
  bundle.vocabulary = Vocabulary(small_words());
  bundle.config.input.size = 32;
  bundle.config.encoder.layer = "features.4";
  bundle.config.decoder.vocabulary = bundle.vocabulary.size();
  bundle.config.decoder.features = 32;
  bundle.config.decoder.projection = 12;
  bundle.config.decoder.embedding = 10;
  bundle.config.decoder.hidden = 11;
  bundle.config.decoder.attention = 9;
  bundle.encoder = Encoder(bundle.config.encoder);
  bundle.decoder = Decoder(bundle.config.decoder);
  bundle.encoder->eval();
  torch::NoGradGuard no_gradient;
  for (auto& parameter : bundle.decoder->parameters()) parameter.uniform_(-1, 1);
  for (auto& parameter : bundle.encoder->parameters()) parameter.set_requires_grad(false);
  for (auto& parameter : bundle.decoder->parameters()) parameter.set_requires_grad(false);
  return bundle;
}

inline TokenizedSentence small_sentence(const Bundle& bundle,
                                        const std::vector<std::string>& words) {
  return {words, bundle.vocabulary.encode(words)};
}

/// An image of noise, in which every part differs.
inline Image noisy_image(int width = 40, int height = 32) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.resize(std::size_t(width) * std::size_t(height) * 3);
  std::uint32_t bits = 1;
  for (auto& value : image.rgb) value = std::uint8_t((bits = bits * 1664525 + 1013904223) >> 24);
  return image;
}

}  // namespace saccade::test
