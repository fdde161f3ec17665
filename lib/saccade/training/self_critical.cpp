#include <algorithm>
#include <mutex>

#include <torch/utils.h>

#include "saccade/search/beam_search.h"
#include "saccade/search/sampling.h"
#include "saccade/training/caption_reward.h"
#include "saccade/training/loss_terms.h"
#include "saccade/training/objective.h"

namespace saccade {
namespace {

/// Self-critical sequence training (Rennie et al. 2017): decodes candidates, scores them with a
/// metric, and raises or lowers their probability by their advantage over a baseline. The baseline
/// is the reward of the greedy caption, or the mean of the image's other candidates (Luo 2020).
class SelfCritical : public Objective {
 public:
  explicit SelfCritical(const ObjectiveContext& context)
      : config_(context.config),
        decoder_(context.decoder),
        vocabulary_(*context.vocabulary),
        matrix_type_(context.matrix_type),
        reward_(*context.train, config_.self_critical) {}

  BatchLoss operator()(const Features& features, const TrainingBatch& batch, double,
                       std::uint64_t seed) const override {
    auto candidates = decode(features, seed);
    const std::int64_t K = config_.self_critical.candidates;
    at::Tensor rewards = at::empty({features.values.size(0), K});
    Targets targets;
    for (std::size_t b = 0; b < candidates.size(); ++b) {
      auto& of_image = targets.emplace_back();
      for (std::int64_t k = 0; k < K; ++k) {
        // A search may find fewer candidates than requested; then some count twice.
        const Hypothesis& found = candidates[b][static_cast<std::size_t>(k) % candidates[b].size()];
        rewards[static_cast<std::int64_t>(b)][k] = reward(found, batch.image_indices[b]);
        of_image.push_back(target(found));
      }
    }
    const at::Tensor advantages = rewards - baseline(features, batch, rewards);

    const at::Device device = features.values.device();
    const WordBatch words = on_device(make_word_batch(targets), device);
    UnrollOptions options;
    options.dropout = config_.self_critical.dropout;
    options.matrix_type = matrix_type_;
    options.generator = at::detail::createCPUGenerator(seed);
    options.mode = default_attention_mode(decoder_->config().kind);
    const Unrolled unrolled = decoder_->unroll(features, words.inputs, options);
    const Positions positions = positions_of(words);
    const PermittedLogP log_p =
        permitted_log_p(decoder_->logits(unrolled.hidden), positions.targets, banned().to(device));
    const at::Tensor of_rows =
        advantages.reshape({-1}).index_select(0, at::tensor(words.given, at::kLong)).to(device);

    BatchLoss out;
    out.words = positions.targets.size(0);
    out.captions = words.lengths.size(0);
    out.loss = policy_gradient(log_p.among, positions.row, of_rows) - log_p.mass.mean();
    out.shown = rewards.mean().item<double>();
    out.parts["reward"] = out.shown;
    out.parts["log_p"] = log_p.among.mean().item<double>();
    out.parts["log_sayable"] = log_p.mass.mean().item<double>();
    if (config_.attention_supervision.weight > 0 && batch.supervised &&
        decoder_->config().context == Context::attention) {
      const WordBatch own = on_device(batch, device);  // the reference captions
      supervise_attention(decoder_->unroll(features, own.inputs, options).alphas, own,
                          batch.supervised, features.grid, config_.attention_supervision.weight,
                          out);
    }
    return out;
  }

 private:
  using Hypotheses = std::vector<std::vector<Hypothesis>>;

  WordConstraints constraints() const {
    WordConstraints constraints;
    constraints.min_length = 0;
    constraints.max_length = config_.max_words;
    return constraints;
  }

  /// The words that no search produces.
  static at::Tensor banned() {
    return at::tensor({Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}, at::kLong);
  }

  Hypotheses search(const Features& features, std::int64_t beam) const {
    BeamSearchOptions options;
    options.beam = options.n_best = beam;
    options.constraints = constraints();
    return beam_search(step(), decoder_->start(features, 1, matrix_type_), options);
  }

  Hypotheses decode(const Features& features, std::uint64_t seed) const {
    torch::NoGradGuard no_gradient;
    if (config_.self_critical.search == "beam") {
      return search(features, config_.self_critical.candidates);
    }
    SamplingOptions options;
    options.samples = config_.self_critical.candidates;
    options.seed = seed;
    options.constraints = constraints();
    return sample(step(), decoder_->start(features, 1, matrix_type_), options);
  }

  StepFunction step() const {
    return [this, mode = default_attention_mode(decoder_->config().kind)](const State& state,
                                                                          const at::Tensor& words) {
      return decoder_->step(state, words, mode);
    };
  }

  double reward(const Hypothesis& caption, std::int64_t image) const {
    Tokens words;
    for (const std::int64_t id : caption.ids) words.push_back(vocabulary_.word(id));
    const std::lock_guard<std::mutex> lock(reward_mutex_);
    return reward_(words, caption.finished, static_cast<std::size_t>(image));
  }

  /// The words whose choice is rewarded. At the length limit a caption ends regardless of the
  /// model, so there the end token is not included.
  std::vector<std::int64_t> target(const Hypothesis& caption) const {
    std::vector<std::int64_t> ids = caption.ids;
    const bool at_limit = static_cast<std::int64_t>(ids.size()) >= config_.max_words;
    if (!at_limit) ids.push_back(Vocabulary::kEnd);
    return ids;
  }

  /// B×K or B×1
  at::Tensor baseline(const Features& features, const TrainingBatch& batch,
                      const at::Tensor& rewards) const {
    const std::int64_t K = rewards.size(1);
    if (config_.self_critical.baseline == "leave_one_out") {
      return (rewards.sum(1, true) - rewards) / static_cast<double>(K - 1);
    }
    torch::NoGradGuard no_gradient;
    const Hypotheses greedy = search(features, 1);
    at::Tensor out = at::empty({rewards.size(0), 1});
    for (std::size_t b = 0; b < greedy.size(); ++b) {
      out[static_cast<std::int64_t>(b)][0] = reward(greedy[b].front(), batch.image_indices[b]);
    }
    return out;
  }

  TrainingConfig config_;
  Decoder decoder_;
  const Vocabulary& vocabulary_;
  at::ScalarType matrix_type_;
  mutable std::mutex reward_mutex_;
  mutable CaptionReward reward_;
};

}  // namespace

std::unique_ptr<Objective> self_critical(const ObjectiveContext& context) {
  return std::make_unique<SelfCritical>(context);
}

}  // namespace saccade
