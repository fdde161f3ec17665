#include "saccade/captioner.h"

#include <stdexcept>

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/utils.h>

#include "saccade/image/prepare.h"
#include "saccade/make_caption.h"
#include "saccade/model/bundle.h"

namespace saccade {
namespace {

at::Device parse_device(const std::string& name) {
  const bool cuda = name == "cuda" || name.rfind("cuda:", 0) == 0;
  if (name != "cpu" && !cuda) {
    throw std::invalid_argument("--device " + name + ": expected cpu, cuda or cuda:N");
  }
  if (cuda && !torch::cuda::is_available()) {
    throw std::runtime_error("--device " + name +
                             ": this LibTorch sees no CUDA device; use --device cpu");
  }
  return at::Device(name);
}

}  // namespace

struct Captioner::Impl {
  Bundle bundle;
  at::Device device{at::kCPU};
};

Captioner Captioner::load(const std::filesystem::path& directory, const std::string& device) {
  const at::Device target = parse_device(device);
  Captioner captioner(load_bundle(directory));
  Bundle& bundle = captioner.impl_->bundle;
  if (!target.is_cpu()) {
    bundle.encoder->to(target);
    bundle.decoder->to(target);
  }
  bundle.encoder->pack();
  captioner.impl_->device = target;
  return captioner;
}

Captioner::Captioner(Bundle bundle) : impl_(new Impl{std::move(bundle)}) {}
Captioner::~Captioner() = default;
Captioner::Captioner(Captioner&&) noexcept = default;
Captioner& Captioner::operator=(Captioner&&) noexcept = default;

const Bundle& Captioner::bundle() const { return impl_->bundle; }

std::int64_t Captioner::workers() const {
  return impl_->device.is_cpu() ? at::get_num_threads() : 1;
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
    throw std::invalid_argument(
        "as many placements as images are needed: " + std::to_string(placements.size()) + " for " +
        std::to_string(pixels.size(0)));
  }
  torch::InferenceMode guard;
  const Bundle& bundle = impl_->bundle;
  const Glimpse glimpse = options.glimpse.value_or(default_glimpse(bundle.config.decoder.kind));
  at::Generator generator;
  if (glimpse == Glimpse::sampled) {
    generator = at::detail::createCPUGenerator(options.seed);
  }
  Encoder encoder = bundle.encoder;
  const Features features =
      encoder->forward(pixels.to(impl_->device).contiguous(at::MemoryFormat::ChannelsLast));
  const State start = bundle.decoder->start(features);
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return bundle.decoder->step(state, words, glimpse, generator);
  };
  const auto hypotheses = beam_search(step, start, options.search);

  std::vector<std::vector<Caption>> captions(placements.size());
  for (std::size_t i = 0; i < captions.size(); ++i) {
    for (const Hypothesis& hypothesis : hypotheses[i]) {
      captions[i].push_back(
          make_caption(hypothesis, bundle.vocabulary, features.grid, placements[i]));
    }
  }
  return captions;
}

}  // namespace saccade
