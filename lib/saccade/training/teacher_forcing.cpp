#include <ATen/ATen.h>

#include "saccade/training/loss_terms.h"
#include "saccade/training/objective.h"
#include "saccade/training/scheduled_sampling.h"

namespace saccade {
namespace {

class TeacherForcing : public Objective {
 public:
  explicit TeacherForcing(const ObjectiveContext& context)
      : config_(context.config),
        decoder_(context.decoder),
        matrix_type_(context.matrix_type),
        attends_(decoder_->config().context == Context::attention),
        hard_(attends_ && decoder_->config().kind == AttentionKind::hard) {}

  BatchLoss operator()(const Features& features, const TrainingBatch& batch, double progress,
                       std::uint64_t seed) const override {
    const at::Generator generator = at::detail::createCPUGenerator(seed);
    const at::Device device = features.values.device();
    WordBatch words = on_device(repeated(batch), device);
    if (config_.scheduled_sampling > 0) {
      words.inputs.words =
          mix_in_own_words(decoder_, features, words, config_.scheduled_sampling * progress,
                           matrix_type_, generator);
    }
    UnrollOptions options;
    options.dropout = config_.dropout;
    options.attention_dropout = config_.attention_dropout;
    options.matrix_type = matrix_type_;
    options.generator = generator;
    if (hard_) {
      options.mode = AttentionMode::sampled;
      const at::Tensor coin =
          at::rand({words.images}, generator) < config_.hard.expected_share;  // one per image
      options.expected = coin.index_select(0, at::tensor(words.inputs.image, at::kLong)).to(device);
    }
    const Unrolled unrolled = decoder_->unroll(features, words.inputs, options);
    const Positions positions = positions_of(words);
    const at::Tensor logits = decoder_->logits(unrolled.hidden);
    const at::Tensor alphas = attends_ ? at::cat(unrolled.alphas) : at::Tensor();

    BatchLoss out;
    out.words = positions.targets.size(0);
    out.captions = words.lengths.size(0);
    out.loss = cross_entropy(logits, positions.targets, config_.label_smoothing);
    out.shown = out.loss.item<double>();
    out.parts["cross_entropy"] = out.shown;
    if (attends_ && !hard_ && config_.coverage.weight > 0) {
      const at::Tensor term =
          coverage(alphas, positions.row, words.lengths, config_.coverage.target);
      out.loss_of_captions = config_.coverage.weight * term;
      out.parts["coverage"] = term.item<double>();
    }
    if (hard_) add_hard_terms(unrolled, positions, alphas, logits, options.expected, out);
    if (attends_) {
      supervise_attention(unrolled.alphas, words, batch.supervised, features.grid,
                          config_.attention_supervision.weight, out);
    }
    return out;
  }

  /// Updates b, a moving average of log p(y|s̃,a) that starts at the first value.
  void seen(const nlohmann::json& parts) override {
    if (!hard_ || !parts.contains("log_p")) return;  // a batch may have no captions
    const double log_p = parts.at("log_p");
    baseline_ = begun_ ? 0.9 * baseline_ + 0.1 * log_p : log_p;
    begun_ = true;
  }

  nlohmann::json state() const override { return {{"baseline", baseline_}, {"begun", begun_}}; }
  void restore(const nlohmann::json& state) override {
    baseline_ = state.value("baseline", 0.0);
    begun_ = state.value("begun", false);
  }

 private:
  /// Repeats every caption for each Monte Carlo sample of its cells.
  WordBatch repeated(const TrainingBatch& batch) const {
    WordBatch words = static_cast<const WordBatch&>(batch);
    const std::int64_t n = hard_ ? config_.hard.samples : 1;
    if (n == 1) return words;
    for (at::Tensor* x : {&words.inputs.words, &words.targets, &words.lengths}) {
      *x = x->repeat_interleave(n, 0);
    }
    for (auto* x : {&words.inputs.image, &words.given}) {
      std::vector<std::int64_t> often;
      for (const std::int64_t value : *x) often.insert(often.end(), n, value);
      *x = often;
    }
    for (std::int64_t& rows : words.inputs.rows) rows *= n;
    return words;
  }

  void add_hard_terms(const Unrolled& unrolled, const Positions& positions,
                      const at::Tensor& alphas, const at::Tensor& logits,
                      const at::Tensor& expected, BatchLoss& out) const {
    const at::Tensor cells = at::cat(unrolled.cells);
    const at::Tensor log_p = target_log_p(logits.detach(), positions.targets);
    const double baseline =
        begun_ ? baseline_ : log_p.sum().item<double>() / static_cast<double>(out.captions);
    const HardAttentionTerms terms =
        hard_attention(alphas, cells, log_p, positions.row, expected.logical_not(), baseline,
                       config_.hard.reward_weight, config_.hard.entropy_weight);
    out.loss = out.loss + terms.loss;
    out.parts["log_p"] = terms.log_p;
    out.parts["baseline"] = baseline;
  }

  TrainingConfig config_;
  Decoder decoder_;
  at::ScalarType matrix_type_;
  bool attends_, hard_;
  double baseline_ = 0;  ///< b: the moving average of log p(y|s̃,a)
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Objective> teacher_forcing(const ObjectiveContext& context) {
  return std::make_unique<TeacherForcing>(context);
}

void supervise_attention(const std::vector<at::Tensor>& alphas, const WordBatch& words,
                         const SupervisedCaptions& supervised, const Grid& grid, double weight,
                         BatchLoss& loss) {
  if (!supervised) return;
  const AttentionTargets targets = attention_targets(words, *supervised, grid);
  if (targets.size() == 0) return;
  const at::Tensor all = at::cat(alphas);
  const auto there = [&](const at::Tensor& values) { return values.to(all.device()); };
  const at::Tensor own = all.index_select(0, there(targets.positions));
  const at::Tensor weights = there(targets.weights);
  const at::Tensor term = attention_cross_entropy(own, there(targets.shares), weights);
  loss.supervised.items = targets.weights.sum().item<double>();
  loss.supervised.loss = weight * term;
  loss.supervised.parts = {{"attention_supervision", term.item<double>()},
                           {"peak_in_box", peak_in_box(own, there(targets.inside), weights)}};
}

std::unique_ptr<Objective> make_objective(const ObjectiveContext& context) {
  const bool rewarded = context.config.objective == "self_critical";
  return with_labels(rewarded ? self_critical(context) : teacher_forcing(context), context);
}

}  // namespace saccade
