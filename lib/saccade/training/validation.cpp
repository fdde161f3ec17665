#include "saccade/training/validation.h"

#include <stdexcept>

#include "saccade/batch/pipeline.h"
#include "saccade/model/bundle.h"

namespace saccade {

std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress) {
  const InputConfig& input = captioner.bundle().config.input;
  std::vector<std::string> paths;
  for (const CaptionedImage& image : dataset.images) paths.push_back(image.file.string());
  PipelineOptions pipeline;
  pipeline.batch_size = batch_images;
  std::vector<Caption> captions;
  caption_all(
      paths, input.size, prepare_from_disk(input),
      [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
        return captioner.caption(pixels, placements, options);
      },
      [&](const BatchRecord& record) {
        if (!record.error.empty()) throw std::runtime_error(record.error);
        captions.push_back(record.captions.front());
        if (progress) progress(captions.size());
        return true;
      },
      pipeline);
  return captions;
}

PairedCaptions pair_with_references(const std::vector<Caption>& captions, const Dataset& dataset) {
  PairedCaptions pairs;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    pairs.images.push_back(dataset.images[i].name);
    pairs.hypotheses.push_back(tokenize(captions[i].text, Tokenizer::kPtb));
    References& references = pairs.references.emplace_back();
    for (const std::string& text : dataset.images[i].captions) {
      references.push_back(tokenize(text, Tokenizer::kPtb));
    }
  }
  return pairs;
}

}  // namespace saccade
