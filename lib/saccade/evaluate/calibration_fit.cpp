#include "saccade/evaluate/calibration_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/image/image.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

constexpr double kConfidenceRidge = 5;
constexpr std::size_t kPooledTogether = 16;
constexpr std::size_t kReliabilityBins = 10;

at::Tensor prepared(const std::vector<Image>& images, const InputConfig& input) {
  const std::int64_t S = input.size;
  at::Tensor pixels = at::empty({static_cast<std::int64_t>(images.size()), 3, S, S});
  for (std::size_t i = 0; i < images.size(); ++i) {
    prepare_into(images[i], input,
                 pixels.data_ptr<float>() + static_cast<std::int64_t>(i) * 3 * S * S);
  }
  return pixels;
}

/// The model's outputs for each word of reference captions, and these words.
struct Said {
  at::Tensor logits;   ///< N×V
  at::Tensor targets;  ///< N
};

/// Decodes sentences of one image under teacher forcing. Unknown words are not scored.
Said follow(const Bundle& bundle, const State& start,
            const std::vector<std::vector<std::int64_t>>& sentences) {
  const AttentionMode mode = default_attention_mode(bundle.config.decoder.kind);
  std::vector<at::Tensor> logits;
  std::vector<std::int64_t> targets;
  for (const auto& sentence : sentences) {
    State state = start;
    std::int64_t before = Vocabulary::kStart;
    for (const std::int64_t word : sentence) {
      const Step step =
          bundle.decoder->step(state, torch::tensor({before}, at::kLong).to(bundle.device()), mode);
      if (word != Vocabulary::kUnknown) {
        logits.push_back(step.logits);
        targets.push_back(word);
      }
      state = step.next;
      before = word;
    }
  }
  if (logits.empty()) return {};
  return {at::cat(logits).to(at::kCPU, at::kFloat), torch::tensor(targets, at::kLong)};
}

/// Σ −log p of the targets at each temperature.
at::Tensor loss_at(const Said& said, const std::vector<double>& temperatures) {
  at::Tensor losses = at::zeros({static_cast<std::int64_t>(temperatures.size())}, at::kDouble);
  const at::Tensor chosen = said.logits.gather(1, said.targets.unsqueeze(1)).squeeze(1);
  for (std::size_t i = 0; i < temperatures.size(); ++i) {
    const double T = temperatures[i];
    const at::Tensor loss = (at::logsumexp(said.logits / T, 1) - chosen / T).sum();
    losses[static_cast<std::int64_t>(i)] = loss.item<double>();
  }
  return losses;
}

}  // namespace

double fit_temperature(const Captioner& captioner, const Dataset& dataset, std::size_t max,
                       const Progress& progress) {
  torch::InferenceMode guard;
  constexpr int kSteps = 40;  // from 1/5 to 5, logarithmically spaced
  std::vector<double> temperatures;
  for (int i = 0; i <= kSteps; ++i) {
    temperatures.push_back(std::pow(5, 2.0 * i / kSteps - 1));
  }
  const Bundle& bundle = captioner.bundle();
  Encoder encoder = bundle.encoder;
  at::Tensor losses = at::zeros({kSteps + 1}, at::kDouble);
  const std::size_t N = dataset.images.size(), count = std::min(max, N);
  for (std::size_t i = 0; i < count; ++i) {
    const CaptionedImage& image = dataset.images[i * N / count];
    const std::string& text = image.captions[i % image.captions.size()];
    std::vector<std::int64_t> ids = bundle.vocabulary.encode(ptb_tokenize(text));
    ids.push_back(Vocabulary::kEnd);
    const Features features =
        encoder->forward(prepared({load_image(image.file)}, bundle.config.input));
    const Said said = follow(bundle, bundle.decoder->start(features), {ids});
    if (said.logits.defined()) losses += loss_at(said, temperatures);
    if (progress) progress(i + 1, count);
  }
  const auto best = static_cast<std::size_t>(losses.argmin().item<std::int64_t>());
  if (best == 0 || best == kSteps) return temperatures[best];
  // The minimum of the parabola through the best and its neighbors.
  const double* loss = losses.data_ptr<double>() + best;
  const double bend = loss[-1] - 2 * loss[0] + loss[1];
  const double shift = bend > 0 ? 0.5 * (loss[-1] - loss[1]) / bend : 0;
  return temperatures[best] * std::pow(5, 2.0 * shift / kSteps);
}

at::Tensor pooled_annotations(const Captioner& captioner, const std::vector<Image>& images) {
  torch::InferenceMode guard;
  Encoder encoder = captioner.bundle().encoder;
  return pool(encoder->forward(prepared(images, captioner.bundle().config.input))).to(at::kCPU);
}

at::Tensor pooled_annotations(const Captioner& captioner, const Dataset& dataset,
                              const Progress& progress) {
  std::vector<at::Tensor> all;
  const std::size_t N = dataset.images.size();
  for (std::size_t begin = 0; begin < N; begin += kPooledTogether) {
    const std::size_t end = std::min(N, begin + kPooledTogether);
    std::vector<Image> images;
    for (std::size_t i = begin; i < end; ++i) images.push_back(load_image(dataset.images[i].file));
    all.push_back(pooled_annotations(captioner, images));
    if (progress) progress(end, N);
  }
  return at::cat(all);
}

void set_pooled(Calibration& calibration, const at::Tensor& pooled) {
  const at::Tensor mean = pooled.mean(0);
  at::Tensor deviation = (pooled - mean).pow(2).mean(0).sqrt();
  deviation = deviation.clamp_min(std::max(0.01 * deviation.max().item<double>(), 1e-6));
  const auto to_vector = [](const at::Tensor& x) {
    const at::Tensor dense = x.to(at::kFloat).contiguous();
    return std::vector<float>(dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel());
  };
  calibration.pooled_mean = to_vector(mean);
  calibration.pooled_deviation = to_vector(deviation);
}

Reliability reliability(const std::vector<double>& confidences,
                        const std::vector<bool>& acceptable) {
  Reliability result;
  result.auroc = auroc(confidences, acceptable);
  result.bins.resize(kReliabilityBins);
  const double N = static_cast<double>(confidences.size());
  for (std::size_t n = 0; n < confidences.size(); ++n) {
    const double truth = acceptable[n] ? 1 : 0;
    const auto place = static_cast<std::size_t>(confidences[n] * kReliabilityBins);
    Reliability::Bin& bin = result.bins[std::min(place, kReliabilityBins - 1)];
    ++bin.captions;
    bin.confidence += confidences[n];
    bin.acceptable += truth;
    result.base_rate += truth / N;
    result.brier += (confidences[n] - truth) * (confidences[n] - truth) / N;
  }
  for (Reliability::Bin& bin : result.bins) {
    if (bin.captions == 0) continue;
    result.calibration += std::abs(bin.confidence - bin.acceptable) / N;
    bin.confidence /= static_cast<double>(bin.captions);
    bin.acceptable /= static_cast<double>(bin.captions);
  }
  return result;
}

void fit_confidence(Calibration& calibration, const ConfidenceTable& table) {
  calibration.acceptable = fit_logistic(table.rows, table.acceptable, kConfidenceRidge);
}

}  // namespace saccade
