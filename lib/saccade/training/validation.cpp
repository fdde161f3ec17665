#include "saccade/training/validation.h"

#include <torch/torch.h>

#include <algorithm>
#include <future>

#include "saccade/image/prepare.h"
#include "saccade/model/bundle.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

struct Inputs {
  at::Tensor pixels;
  std::vector<Placement> placements;
};

Inputs read_images(const Dataset& dataset, std::size_t begin, std::size_t end,
                   const InputConfig& config) {
  const std::int64_t S = config.size;
  Inputs inputs;
  inputs.pixels = at::empty({static_cast<std::int64_t>(end - begin), 3, S, S});
  float* out = inputs.pixels.data_ptr<float>();
  for (std::size_t i = begin; i < end; ++i, out += 3 * S * S) {
    inputs.placements.push_back(prepare_into(load_image(dataset.images[i].file), config, out));
  }
  return inputs;
}

}  // namespace

std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress) {
  const InputConfig& input = captioner.bundle().config.input;
  const std::size_t size = dataset.images.size();
  const std::size_t step = static_cast<std::size_t>(batch_images);
  const auto read = [&](std::size_t begin) {
    return std::async(std::launch::async, [&, begin] {
      return read_images(dataset, begin, std::min(begin + step, size), input);
    });
  };
  std::vector<Caption> captions;
  std::future<Inputs> ahead = read(0);
  for (std::size_t begin = 0; begin < size; begin += step) {
    const Inputs inputs = ahead.get();
    if (begin + step < size) ahead = read(begin + step);
    for (auto& best : captioner.caption(inputs.pixels, inputs.placements, options)) {
      captions.push_back(std::move(best.front()));
    }
    if (progress) progress(captions.size());
  }
  return captions;
}

TokenizedPairs tokenize_pairs(const std::vector<Caption>& captions, const Dataset& dataset) {
  TokenizedPairs pairs;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    pairs.hypotheses.push_back(ptb_tokenize(captions[i].text));
    auto& references = pairs.references.emplace_back();
    for (const std::string& text : dataset.images[i].captions) {
      references.push_back(ptb_tokenize(text));
    }
  }
  return pairs;
}

}  // namespace saccade
