#include "saccade/evaluate/validation.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "saccade/batch/pipeline.h"
#include "saccade/explain/health/pointing.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade {
namespace {

constexpr std::size_t kSamples = 5;
constexpr std::size_t kPointing = 200;  // images, evenly spread

std::string described(const ValidationResult& result) {
  std::ostringstream text;
  const bool several = result.splits.size() > 1;
  text << (several ? "Mean of the dev splits" : "Dev split") << ", free-running, epoch "
       << result.epoch << ": BLEU-4 " << 100 * result.bleu_4 << ", CIDEr-D " << result.cider << '.';
  if (!several) return text.str();
  for (const DevScores& split : result.splits) {
    text << " " << split.name << ": BLEU-4 " << 100 * split.bleu_4 << ", CIDEr-D " << split.cider
         << '.';
  }
  return text.str();
}

}  // namespace

std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress) {
  const InputConfig& input = captioner.bundle().config.input;
  std::vector<std::string> paths;
  for (const CaptionedImage& image : dataset.images) paths.push_back(image.file.string());
  PipelineOptions pipeline;
  pipeline.workers = captioner.workers();
  pipeline.batch_size =
      shared_batch_size(static_cast<std::int64_t>(paths.size()), pipeline.workers, batch_images);
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

nlohmann::json to_json(const std::vector<DevScores>& splits) {
  nlohmann::json json = nlohmann::json::object();
  for (const DevScores& split : splits) {
    json[split.name] = {{"bleu_4", split.bleu_4}, {"cider", split.cider}};
  }
  return json;
}

ValidationResult score_dev_splits(const Captioner& captioner, const std::vector<DevSplit>& dev,
                                  const CaptionOptions& options, std::int64_t batch_images) {
  ValidationResult result;
  double weights = 0;
  for (const DevSplit& split : dev) weights += split.weight;
  const std::size_t samples = (kSamples + dev.size() - 1) / dev.size();  // of each split
  for (const DevSplit& split : dev) {
    const std::vector<Caption> captions =
        caption_dataset(captioner, split.dataset, options, batch_images);
    const PairedCaptions pairs = pair_with_references(captions, split.dataset);
    const Scores scores = make_report(pairs, score_images(pairs, {}), {}).scores;
    result.splits.push_back({split.name, scores[kBleu4], scores[kCider]});
    result.bleu_4 += split.weight / weights * scores[kBleu4];
    result.cider += split.weight / weights * scores[kCider];
    for (std::size_t i = 0; i < std::min(samples, captions.size()); ++i) {
      result.samples.push_back(split.dataset.images[i].name + ": " + captions[i].text);
    }
  }
  return result;
}

std::optional<double> dev_peak_in_box(const Bundle& bundle, const Dataset& dev,
                                      const DatasetPhrases& phrases, std::int64_t batch_images) {
  const std::size_t all = dev.images.size(), count = std::min(kPointing, all);
  Dataset part;
  DatasetPhrases own;
  for (std::size_t n = 0; n < count; ++n) {
    part.images.push_back(dev.images[n * all / count]);
    own.of.push_back(phrases.of.at(n * all / count));
  }
  PointingOptions options;
  options.batch_images = batch_images;
  const PointingMeans things = report_on(measure_pointing(bundle, part, own, options)).things;
  if (things.phrases == 0) return std::nullopt;
  return things.peak;
}

void save_validated(const std::filesystem::path& folder, Bundle bundle,
                    const ValidationResult& result) {
  bundle.provenance["dev"] = {
      {"epoch", result.epoch}, {"bleu_4", result.bleu_4}, {"cider", result.cider}};
  if (result.splits.size() > 1) bundle.provenance["dev"]["splits"] = to_json(result.splits);
  save_bundle(folder, bundle, Storage::fp16,
              draft_card("A model trained by `saccade train`", described(result), bundle));
}

}  // namespace saccade
