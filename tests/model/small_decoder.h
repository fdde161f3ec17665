#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/decoder/decoder.h"

namespace saccade::test {

/// All sizes differ, so that a mixed-up axis causes an error.
inline DecoderConfig small_config() {
  DecoderConfig config;
  config.vocabulary = 13;
  config.features = 7;
  config.projection = 6;
  config.embedding = 5;
  config.hidden = 4;
  config.attention = 3;
  return config;
}

/// A decoder with seeded weights, larger than those of `initialize`, so that errors are not near 0.
inline Decoder make_decoder(const DecoderConfig& config, at::ScalarType type = at::kFloat) {
  torch::manual_seed(7);
  Decoder decoder(config);
  {
    torch::NoGradGuard no_gradient;
    for (auto& parameter : decoder->parameters()) parameter.uniform_(-1, 1);
  }
  decoder->to(type);
  return decoder;
}

inline Features make_features(std::int64_t images, std::int64_t size, Grid grid = {2, 5},
                              at::ScalarType type = at::kFloat) {
  torch::manual_seed(11);
  return {torch::randn({images, grid.cells(), size}, at::TensorOptions(type)), grid};
}

}  // namespace saccade::test
