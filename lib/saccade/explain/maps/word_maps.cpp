#include "saccade/explain/maps/word_maps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <torch/types.h>

#include "saccade/explain/maps/posterior.h"
#include "saccade/explain/maps/saliency.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade {
namespace {

constexpr std::int64_t kOcclusionRadius = 1;

std::vector<std::int64_t> ids_of(const Caption& caption, const Vocabulary& vocabulary) {
  std::vector<std::int64_t> ids;
  for (const CaptionWord& word : caption.words) ids.push_back(vocabulary.id(word.word));
  if (ids.empty()) throw std::invalid_argument("a caption without words has no maps");
  return ids;
}

/// T×S×S values summed over the pixels of each cell: T×L.
at::Tensor pooled(const at::Tensor& values, const Grid& grid) {
  return at::adaptive_avg_pool2d(values.unsqueeze(1), {grid.rows, grid.cols})
      .view({values.size(0), grid.cells()});
}

/// Sets negative values to 0 and scales each row to sum to 1. @return on the CPU
at::Tensor normalized(const at::Tensor& values) {
  const at::Tensor maps = values.detach().to(at::kCPU, at::kFloat).clamp_min(0).contiguous();
  const at::Tensor sums = maps.sum(1, /*keepdim=*/true);
  const double even = 1.0 / double(maps.size(1));
  return at::where(sums > 0, maps / sums.clamp_min(1e-30), at::full_like(maps, even)).contiguous();
}

/// The unnormalized maps of the words of one caption of one image: T×L.
at::Tensor evidence(const Bundle& bundle, const at::Tensor& pixels, const Features& features,
                    const std::vector<std::int64_t>& ids, MapKind kind) {
  const AttentionMode mode = default_attention_mode(bundle.config.decoder.kind);
  if (kind == MapKind::pixel_gradient || kind == MapKind::pixel_gradient_input) {
    const at::Tensor g = pixel_gradients(bundle.encoder, bundle.decoder, pixels, ids, mode);
    return pooled(kind == MapKind::pixel_gradient ? g.abs().sum(1) : (g * pixels).sum(1),
                  features.grid);
  }
  if (kind == MapKind::occlusion) {
    return occlusion_falls(bundle.decoder, features, ids, mode, kOcclusionRadius);
  }
  const at::Tensor g = annotation_gradients(bundle.decoder, features, ids, mode);
  return kind == MapKind::gradient ? g.pow(2).sum(2).sqrt() : (g * features.values).sum(2);
}

/// α at some word positions of reference captions: M×L.
at::Tensor attention(const Bundle& bundle, const Features& features, const WordBatch& words,
                     const std::vector<std::int64_t>& positions) {
  UnrollOptions options;
  options.matrix_type = features.values.scalar_type();
  options.mode = default_attention_mode(bundle.config.decoder.kind);
  const WordBatch there = on_device(words, features.values.device());
  const at::Tensor alphas = at::cat(bundle.decoder->unroll(features, there.inputs, options).alphas);
  return alphas.index_select(0, at::tensor(positions, at::kLong).to(alphas.device()));
}

/// The word ids of one caption of a batch, without the end token.
std::vector<std::int64_t> ids_of_row(const WordBatch& words, std::int64_t row) {
  const auto length = words.lengths[row].item<std::int64_t>();
  const at::Tensor ids = words.targets[row].narrow(0, 0, length - 1).contiguous();
  return {ids.data_ptr<std::int64_t>(), ids.data_ptr<std::int64_t>() + ids.numel()};
}

std::vector<double> ranks(const std::vector<float>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) rank[order[k]] = double(i + end - 1) / 2;
    i = end;
  }
  return rank;
}

}  // namespace

std::vector<std::vector<float>> word_maps(const Captioner& captioner, const Image& image,
                                          const Caption& caption, MapKind kind) {
  const Bundle& bundle = captioner.bundle();
  const auto ids = ids_of(caption, bundle.vocabulary);
  if (kind == MapKind::alpha) {
    std::vector<std::vector<float>> maps;
    for (const CaptionWord& word : caption.words) maps.push_back(word.attention);
    return maps;
  }
  const int S = bundle.config.input.size;
  const at::Tensor pixels = torch::empty({1, 3, S, S});
  prepare_into(image, bundle.config.input, pixels.data_ptr<float>());
  at::NoGradGuard no_gradient;
  Encoder encoder = bundle.encoder;
  const Features features = encoder->forward(pixels);
  at::Tensor maps;
  if (kind == MapKind::posterior) {
    std::vector<std::int64_t> positions(ids.size());
    std::iota(positions.begin(), positions.end(), 0);
    maps = maps_of_positions(bundle, pixels, features, make_word_batch({{ids}}), positions, kind);
  } else {
    maps = normalized(evidence(bundle, pixels, features, ids, kind));
  }
  std::vector<std::vector<float>> result;
  for (std::int64_t t = 0; t < maps.size(0); ++t) {
    const float* row = maps.data_ptr<float>() + t * maps.size(1);
    result.emplace_back(row, row + maps.size(1));
  }
  return result;
}

at::Tensor maps_of_positions(const Bundle& bundle, const at::Tensor& pixels,
                             const Features& features, const WordBatch& words,
                             const std::vector<std::int64_t>& positions, MapKind kind) {
  at::NoGradGuard no_gradient;
  if (kind == MapKind::alpha) return normalized(attention(bundle, features, words, positions));
  if (kind == MapKind::posterior) {
    return normalized(posterior_maps(bundle.decoder, features, words, positions,
                                     default_attention_mode(bundle.config.decoder.kind)));
  }
  std::map<std::int64_t, at::Tensor> of_row;
  std::vector<at::Tensor> maps;
  std::int64_t before = 0;  // word positions of the steps before t
  std::size_t t = 0;
  for (const std::int64_t position : positions) {
    for (; position >= before + words.inputs.rows[t]; ++t) before += words.inputs.rows[t];
    const std::int64_t row = position - before;
    if (of_row.count(row) == 0) {
      const std::int64_t image = words.inputs.image[static_cast<std::size_t>(row)];
      of_row[row] = evidence(bundle, pixels.narrow(0, image, 1),
                             {features.values.narrow(0, image, 1), features.grid},
                             ids_of_row(words, row), kind);
    }
    maps.push_back(of_row[row][static_cast<std::int64_t>(t)]);
  }
  return normalized(at::stack(maps));
}

double rank_correlation(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size() || a.empty()) {
    throw std::invalid_argument("maps of " + std::to_string(a.size()) + " and " +
                                std::to_string(b.size()) + " cells cannot be correlated");
  }
  const auto x = ranks(a), y = ranks(b);
  const double mean = double(a.size() - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

}  // namespace saccade
