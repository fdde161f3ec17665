#include "saccade/explain/maps/saliency.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/explain/maps/masked_views.h"
#include "saccade/search/score.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

/// log p of every word: T, with the autograd graph back to the annotations.
at::Tensor word_log_p(const Decoder& decoder, const Features& features,
                      const std::vector<std::int64_t>& ids, AttentionMode mode) {
  if (ids.empty()) throw std::invalid_argument("a sentence without words has no saliency");
  const auto T = static_cast<std::int64_t>(ids.size());
  std::vector<std::int64_t> before{Vocabulary::kStart};
  before.insert(before.end(), ids.begin(), ids.end() - 1);
  const auto device = features.values.device();
  UnrollOptions options;
  options.mode = mode;
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

/// The views in which the square around each of the cells first…end − 1 is hidden, as the `cells`
/// of start_masked: (end − first)×L.
at::Tensor squares(const Grid& grid, std::int64_t radius, std::int64_t first, std::int64_t end) {
  const std::int64_t L = grid.cells();
  at::Tensor cells = at::full({end - first, L}, -1, at::kLong);
  auto hidden = cells.accessor<std::int64_t, 2>();
  for (std::int64_t centre = first; centre < end; ++centre) {
    for (std::int64_t cell = 0; cell < L; ++cell) {
      const bool near = std::abs(cell / grid.cols - centre / grid.cols) <= radius &&
                        std::abs(cell % grid.cols - centre % grid.cols) <= radius;
      if (near) hidden[centre - first][cell] = 0;
    }
  }
  return cells;
}

/// log p of every word in each view, with cells replaced by the mean annotation: M×T, double.
at::Tensor masked_log_p(const Decoder& decoder, const Features& features,
                        const std::vector<std::int64_t>& ids, AttentionMode mode,
                        const at::Tensor& cells) {
  const State start =
      start_masked(decoder, features, features.values.mean(1), cells.to(features.values.device()));
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return decoder->step(state, words, mode);
  };
  const auto T = static_cast<std::int64_t>(ids.size());
  const ForcedDecoding decoding = force_decode(step, start, ids, T);
  const std::int64_t M = cells.size(0);
  at::Tensor log_p = at::empty({M, T}, at::kDouble);
  auto value = log_p.accessor<double, 2>();
  for (std::int64_t view = 0; view < M; ++view) {
    for (std::int64_t t = 0; t < T; ++t) {
      value[view][t] = decoding.at(view, t, ids[static_cast<std::size_t>(t)]);
    }
  }
  return log_p;
}

}  // namespace

at::Tensor annotation_gradients(const Decoder& decoder, const Features& features,
                                const std::vector<std::int64_t>& ids, AttentionMode mode) {
  torch::AutoGradMode with_gradients(true);
  const at::Tensor a = features.values.detach().clone().set_requires_grad(true);
  return gradients_of(word_log_p(decoder, {a, features.grid}, ids, mode), a);
}

at::Tensor pixel_gradients(const Encoder& encoder, const Decoder& decoder, const at::Tensor& pixels,
                           const std::vector<std::int64_t>& ids, AttentionMode mode) {
  torch::AutoGradMode with_gradients(true);
  const at::Tensor x = pixels.detach().clone().set_requires_grad(true);
  Encoder network = encoder;
  return gradients_of(word_log_p(decoder, network->forward(x), ids, mode), x);
}

std::int64_t occlusion_views_at_once(const DecoderConfig& config, std::int64_t cells,
                                     std::int64_t words) {
  constexpr std::int64_t kNumbers = (256 << 20) / sizeof(float);
  const std::int64_t key = config.score == Score::additive  ? config.attention
                           : config.score == Score::general ? config.hidden
                                                            : config.annotation_size();
  const std::int64_t view =
      cells * (config.annotation_size() + key) + words * (config.vocabulary + cells);
  return std::max<std::int64_t>(1, kNumbers / view);
}

at::Tensor occlusion_falls(const Decoder& decoder, const Features& features,
                           const std::vector<std::int64_t>& ids, AttentionMode mode,
                           std::int64_t radius, std::int64_t views_at_once) {
  if (ids.empty()) throw std::invalid_argument("a sentence without words has no saliency");
  at::NoGradGuard no_gradient;
  const std::int64_t L = features.grid.cells();
  const auto T = static_cast<std::int64_t>(ids.size());
  if (views_at_once < 1) views_at_once = occlusion_views_at_once(decoder->config(), L, T);
  const at::Tensor plain =
      masked_log_p(decoder, features, ids, mode, at::full({1, L}, -1, at::kLong));
  std::vector<at::Tensor> hidden;
  for (std::int64_t first = 0; first < L; first += views_at_once) {
    const std::int64_t end = std::min(first + views_at_once, L);
    hidden.push_back(
        masked_log_p(decoder, features, ids, mode, squares(features.grid, radius, first, end)));
  }
  return (plain - at::cat(hidden)).t().contiguous().to(at::kFloat);
}

}  // namespace saccade
