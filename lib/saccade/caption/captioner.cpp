#include "saccade/caption/captioner.h"

#include <stdexcept>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>
#include <torch/utils.h>

#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/device.h"

namespace saccade {

CaptionOptions options_of(const nlohmann::json& decoding) {
  CaptionOptions options;
  BeamSearchOptions& search = options.search;
  WordConstraints& words = search.constraints;
  search.beam = decoding.value("beam", search.beam);
  search.length_penalty = decoding.value("length_penalty", search.length_penalty);
  words.max_length = decoding.value("max_length", words.max_length);
  words.no_repeat_ngram = decoding.value("no_repeat_ngram", words.no_repeat_ngram);
  words.repeat_penalty = decoding.value("repeat_penalty", words.repeat_penalty);
  return options;
}

nlohmann::json decoding_of(const CaptionOptions& options) {
  const BeamSearchOptions& search = options.search;
  const WordConstraints& words = search.constraints;
  const WordConstraints usual;
  nlohmann::json decoding{{"beam", search.beam}, {"length_penalty", search.length_penalty}};
  if (words.max_length != usual.max_length) decoding["max_length"] = words.max_length;
  if (words.no_repeat_ngram != usual.no_repeat_ngram) {
    decoding["no_repeat_ngram"] = words.no_repeat_ngram;
  }
  if (words.repeat_penalty != usual.repeat_penalty) {
    decoding["repeat_penalty"] = words.repeat_penalty;
  }
  return decoding;
}

struct Captioner::Impl {
  Impl(Bundle model, std::optional<Calibration> fitted)
      : bundle(std::move(model)),
        calibration(std::move(fitted)),
        content(std::make_shared<const std::vector<bool>>(content_words(bundle.vocabulary))) {}
  Bundle bundle;
  std::optional<Calibration> calibration;
  std::shared_ptr<const std::vector<bool>> content;
};

Captioner Captioner::load(const std::filesystem::path& directory, const std::string& device) {
  const at::Device target = device_named(device);
  Bundle bundle = load_bundle(directory);
  bundle.to(target);
  bundle.encoder->pack();
  bundle.decoder->pack();
  auto calibration = load_calibration(directory, bundle.config.decoder.features);
  return Captioner(std::move(bundle), std::move(calibration));
}

Captioner::Captioner(Bundle bundle, std::optional<Calibration> calibration)
    : impl_(new Impl(std::move(bundle), std::move(calibration))) {}
Captioner::~Captioner() = default;
Captioner::Captioner(Captioner&&) noexcept = default;
Captioner& Captioner::operator=(Captioner&&) noexcept = default;

const Bundle& Captioner::bundle() const { return impl_->bundle; }

const std::optional<Calibration>& Captioner::calibration() const { return impl_->calibration; }

std::int64_t Captioner::workers() const {
  return impl_->bundle.device().is_cpu() ? at::get_num_threads() : 1;
}

std::vector<std::vector<Caption>> Captioner::caption(const std::vector<Image>& images,
                                                     const CaptionOptions& options) const {
  if (images.empty()) return {};
  const InputConfig& input = impl_->bundle.config.input;
  at::Tensor pixels =
      at::empty({static_cast<std::int64_t>(images.size()), 3, input.size, input.size});
  std::vector<Placement> placements;
  for (std::size_t i = 0; i < images.size(); ++i) {
    float* out = pixels[static_cast<std::int64_t>(i)].data_ptr<float>();
    placements.push_back(prepare_into(images[i], input, out));
  }
  return caption(pixels, placements, options);
}

std::vector<std::vector<Caption>> Captioner::caption(const at::Tensor& pixels,
                                                     const std::vector<Placement>& placements,
                                                     const CaptionOptions& options) const {
  if (pixels.size(0) != static_cast<std::int64_t>(placements.size())) {
    throw std::invalid_argument("every image needs one placement, got " +
                                std::to_string(placements.size()) + " for " +
                                std::to_string(pixels.size(0)));
  }
  torch::InferenceMode guard;
  const Bundle& bundle = impl_->bundle;
  const AttentionMode mode =
      options.mode.value_or(default_attention_mode(bundle.config.decoder.kind));
  at::Generator generator;
  if (mode == AttentionMode::sampled) {
    generator = at::detail::createCPUGenerator(options.seed);
  }
  Encoder encoder = bundle.encoder;
  const Features features = encoder->forward(pixels);
  const State start = bundle.decoder->start(features);
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return bundle.decoder->step(state, words, mode, generator);
  };
  BeamSearchOptions search = options.search;
  search.constraints.content = impl_->content;
  const std::optional<Calibration>& calibration = impl_->calibration;
  if (calibration) search.report_temperature = calibration->temperature;
  const auto hypotheses = beam_search(step, start, search);

  const at::Tensor pooled = calibration ? pool(features) : at::Tensor();
  std::vector<std::vector<Caption>> captions(placements.size());
  for (std::size_t i = 0; i < captions.size(); ++i) {
    for (const Hypothesis& hypothesis : hypotheses[i]) {
      captions[i].push_back(make_caption(hypothesis, bundle.vocabulary, features.grid,
                                         placements[i], search.report_temperature));
    }
    if (!calibration) continue;
    const double strange = strangeness(*calibration, pooled[static_cast<std::int64_t>(i)]);
    for (Caption& caption : captions[i]) {
      caption.confidence = confidence(*calibration, caption, strange);
    }
  }
  return captions;
}

}  // namespace saccade
