#include "saccade/training/feature_cache.h"

#include <algorithm>
#include <stdexcept>

#include <torch/utils.h>

#include "saccade/image/image.h"
#include "saccade/image/prepare.h"
#include "saccade/io/durable_file.h"
#include "saccade/io/mapped_file.h"
#include "saccade/io/sha256.h"
#include "saccade/io/staging_folder.h"
#include "saccade/text/vocabulary.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kBatch = 32;

std::string_view bytes_of(const at::Tensor& contiguous) {
  return {static_cast<const char*>(contiguous.data_ptr()), contiguous.nbytes()};
}

std::string key(const Dataset& dataset, const ModelConfig& config, const Encoder& encoder,
                at::ScalarType type) {
  ModelConfig seen = config;
  seen.decoder = {};  // the annotations do not depend on it
  seen.decoder.vocabulary = Vocabulary::kSpecials;
  std::string all = to_json(seen).dump() + at::toString(type);
  for (const auto& item : encoder->named_parameters()) {
    all += item.key() + sha256(bytes_of(item.value().detach().cpu().contiguous()));
  }
  for (const auto& item : encoder->named_buffers()) {
    all += item.key() + sha256(bytes_of(item.value().cpu().contiguous()));
  }
  for (const CaptionedImage& image : dataset.images) all += sha256(MappedFile(image.file).bytes());
  return sha256(all).substr(0, 24);
}

Features encode(const Dataset& dataset, std::size_t begin, std::size_t end,
                const ModelConfig& config, Encoder encoder, at::ScalarType type) {
  const std::int64_t S = config.input.size;
  const auto B = static_cast<std::int64_t>(end - begin);
  at::Tensor pixels = at::empty({B, 3, S, S});
  float* out = pixels.data_ptr<float>();
  LoadOptions reading;
  reading.for_input = &config.input;
  at::parallel_for(0, B, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t b = first; b < last; ++b) {
      const auto& file = dataset.images[begin + static_cast<std::size_t>(b)].file;
      prepare_into(load_image(file, reading), config.input, out + b * 3 * S * S);
    }
  });
  return encoder->forward(pixels.to(type));
}

}  // namespace

FeatureCache FeatureCache::open(const fs::path& folder, std::uint64_t limit_bytes,
                                const Dataset& dataset, const ModelConfig& config,
                                const Encoder& encoder, at::ScalarType type,
                                const Progress& progress) {
  torch::NoGradGuard no_gradient;
  const std::size_t N = dataset.images.size();
  const Features first = encode(dataset, 0, 1, config, encoder, type);
  const auto L = first.values.size(1), D = first.values.size(2);
  const auto bytes = static_cast<std::uint64_t>(L * D) * 2 * N;
  if (bytes > limit_bytes) {
    throw std::runtime_error("the features of " + std::to_string(N) + " photographs take " +
                             std::to_string(bytes >> 20) + " MiB, more than the " +
                             std::to_string(limit_bytes >> 20) +
                             " MiB limit of the cache; raise the limit or train without the cache");
  }
  FeatureCache cache;
  cache.grid_ = first.grid;
  cache.file_ = folder / ("features-" + key(dataset, config, encoder, type) + ".fp16");
  std::error_code missing;
  if (fs::file_size(cache.file_, missing) != bytes || missing) {
    make_folder(folder);
    DurableFile file(cache.file_);
    for (std::size_t begin = 0; begin < N; begin += kBatch) {
      const std::size_t end = std::min(N, begin + kBatch);
      const Features features = encode(dataset, begin, end, config, encoder, type);
      file.write(bytes_of(features.values.to(at::kCPU, at::kHalf).contiguous()));
      if (progress) progress(end, N);
    }
    file.commit();
  }
  cache.values_ = at::from_file(cache.file_.string(), /*shared=*/true,
                                static_cast<std::int64_t>(N) * L * D, at::kHalf)
                      .view({static_cast<std::int64_t>(N), L, D});
  return cache;
}

Features FeatureCache::features(const std::vector<std::int64_t>& indices) const {
  return {values_.index_select(0, at::tensor(indices, at::kLong)), grid_};
}

}  // namespace saccade
