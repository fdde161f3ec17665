#include "saccade/explain/maps/rollouts.h"

#include <algorithm>
#include <stdexcept>

#include <torch/utils.h>

#include "saccade/caption/captioner.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/search/score.h"

namespace saccade {
namespace {

constexpr std::int64_t kRows = 64;  // rollouts decoded in one batch

}  // namespace

Rollouts roll_out(const Captioner& captioner, const Image& photograph,
                  const std::vector<std::string>& words, std::int64_t count, std::uint64_t seed) {
  if (count < 1) {
    throw std::invalid_argument("the number of rollouts must be at least 1, not " +
                                std::to_string(count));
  }
  const Bundle& bundle = captioner.bundle();
  torch::InferenceMode guard;
  at::Generator generator = at::detail::createCPUGenerator(seed);
  const PreparedImage prepared = prepare(photograph, bundle.config.input);
  const std::int64_t size = bundle.config.input.size;
  const at::Tensor pixels =
      at::from_blob(const_cast<float*>(prepared.pixels.data()), {1, 3, size, size}, at::kFloat);
  Encoder encoder = bundle.encoder;
  const at::Device device = bundle.device();
  const Features features = encoder->forward(pixels);
  const State start = bundle.decoder->start(features);
  const StepFunction step = [&](const State& state, const at::Tensor& last) {
    return bundle.decoder->step(state, last, AttentionMode::sampled, generator);
  };

  Rollouts rollouts{count, seed, {}};
  const std::size_t L = std::size_t(features.grid.cells());
  rollouts.cells.assign(words.size(), std::vector<std::int64_t>(L, 0));
  const std::vector<std::int64_t> sentence = bundle.vocabulary.encode(words);
  for (std::int64_t done = 0; done < count; done += kRows) {
    const std::int64_t rows = std::min(kRows, count - done);
    const at::Tensor first = at::zeros({rows}, at::TensorOptions(at::kLong).device(device));
    const auto decoding =
        score_sentences(step, start.select(first, first),
                        std::vector<std::vector<std::int64_t>>(std::size_t(rows), sentence));
    for (const Hypothesis& hypothesis : decoding) {
      if (hypothesis.cells.size() != words.size()) {
        throw std::invalid_argument("rollouts need a model with attention");
      }
      for (std::size_t t = 0; t < words.size(); ++t) {
        ++rollouts.cells[t].at(std::size_t(hypothesis.cells[t]));
      }
    }
  }
  return rollouts;
}

}  // namespace saccade
