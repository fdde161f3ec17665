#include "saccade/explain/saliency.h"

#include <cstdlib>
#include <stdexcept>

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/model/masked_views.h"
#include "saccade/search/substitution.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

/// log p of every word, T, with the graph that leads to the annotations.
at::Tensor word_log_p(const Decoder& decoder, const Features& features,
                      const std::vector<std::int64_t>& ids, Glimpse glimpse) {
  if (ids.empty()) throw std::invalid_argument("a sentence without words has no saliency");
  const auto T = static_cast<std::int64_t>(ids.size());
  std::vector<std::int64_t> before{Vocabulary::kStart};
  before.insert(before.end(), ids.begin(), ids.end() - 1);
  const auto device = features.values.device();
  UnrollOptions options;
  options.glimpse = glimpse;
  options.matrix_type = features.values.scalar_type();
  const CaptionRows sentence{
      torch::tensor(before).view({1, T}).to(device), std::vector<std::int64_t>(ids.size(), 1), {0}};
  const Unrolled unrolled = decoder->unroll(features, sentence, options);
  const at::Tensor log_p = at::log_softmax(decoder->logits(unrolled.hidden), 1);
  return log_p.gather(1, torch::tensor(ids).view({T, 1}).to(device)).view({T});
}

at::Tensor gradients_of(const at::Tensor& log_p, const at::Tensor& leaf) {
  std::vector<at::Tensor> gradients;
  for (std::int64_t t = 0; t < log_p.size(0); ++t) {
    gradients.push_back(torch::autograd::grad({log_p[t]}, {leaf}, {}, /*retain_graph=*/true,
                                              /*create_graph=*/false, /*allow_unused=*/false)[0]);
  }
  return at::cat(gradients);
}

}  // namespace

at::Tensor annotation_gradients(const Decoder& decoder, const Features& features,
                                const std::vector<std::int64_t>& ids, Glimpse glimpse) {
  torch::AutoGradMode with_gradients(true);
  const at::Tensor a = features.values.detach().clone().set_requires_grad(true);
  return gradients_of(word_log_p(decoder, {a, features.grid}, ids, glimpse), a);
}

at::Tensor pixel_gradients(const Encoder& encoder, const Decoder& decoder, const at::Tensor& pixels,
                           const std::vector<std::int64_t>& ids, Glimpse glimpse) {
  torch::AutoGradMode with_gradients(true);
  const at::Tensor x = pixels.detach().clone().set_requires_grad(true);
  Encoder network = encoder;
  return gradients_of(word_log_p(decoder, network->forward(x), ids, glimpse), x);
}

at::Tensor occlusion_falls(const Decoder& decoder, const Features& features,
                           const std::vector<std::int64_t>& ids, Glimpse glimpse,
                           std::int64_t radius) {
  if (ids.empty()) throw std::invalid_argument("a sentence without words has no saliency");
  at::NoGradGuard no_gradient;
  const Grid& grid = features.grid;
  const std::int64_t L = grid.cells();
  at::Tensor cells = torch::full({L + 1, L}, -1, at::kLong);  // the last view hides nothing
  auto hidden = cells.accessor<std::int64_t, 2>();
  for (std::int64_t centre = 0; centre < L; ++centre) {
    for (std::int64_t cell = 0; cell < L; ++cell) {
      const bool near = std::abs(cell / grid.cols - centre / grid.cols) <= radius &&
                        std::abs(cell % grid.cols - centre % grid.cols) <= radius;
      if (near) hidden[centre][cell] = 0;
    }
  }
  const State start =
      start_masked(decoder, features, features.values.mean(1), cells.to(features.values.device()));
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return decoder->step(state, words, glimpse);
  };
  const auto T = static_cast<std::int64_t>(ids.size());
  const FollowedSentence followed = follow_sentence(step, start, ids, T);
  at::Tensor falls = torch::empty({T, L});
  auto fall = falls.accessor<float, 2>();
  for (std::int64_t t = 0; t < T; ++t) {
    const auto id = ids[static_cast<std::size_t>(t)];
    for (std::int64_t cell = 0; cell < L; ++cell) {
      fall[t][cell] = static_cast<float>(followed.at(L, t, id) - followed.at(cell, t, id));
    }
  }
  return falls;
}

}  // namespace saccade
