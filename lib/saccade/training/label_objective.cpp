#include <algorithm>

#include <ATen/ATen.h>
#include <torch/utils.h>

#include "saccade/search/beam_search.h"
#include "saccade/training/loss_terms.h"
#include "saccade/training/objective.h"

namespace saccade {
namespace {

/// The rows of a teacher-forced pass over images with labels: noun phrases and the model's own
/// captions.
struct LabelRows {
  std::vector<std::int64_t> images;         ///< those that have a row
  Targets captions;                         ///< of these images
  std::vector<const LabelTargets*> sought;  ///< per caption in the order given; null: a noun phrase
};

/// Another objective for images with captions, and the losses of the images with labels.
class WithLabels : public Objective {
 public:
  WithLabels(std::unique_ptr<Objective> captions, const ObjectiveContext& context)
      : captions_(std::move(captions)),
        config_(context.config),
        decoder_(context.decoder),
        matrix_type_(context.matrix_type) {}

  BatchLoss operator()(const Features& features, const TrainingBatch& batch, double progress,
                       std::uint64_t seed) const override {
    if (batch.labelled.empty()) return (*captions_)(features, batch, progress, seed);
    const std::int64_t captioned = batch.images;
    const auto labelled = static_cast<std::int64_t>(batch.labelled.size());
    const auto part = [&](std::int64_t first, std::int64_t count) {
      return Features{features.values.narrow(0, first, count), features.grid};
    };
    BatchLoss loss;
    if (captioned > 0) loss = (*captions_)(part(0, captioned), batch, progress, seed);
    add_losses(part(captioned, labelled), batch.labelled, seed, loss);
    return loss;
  }

  void seen(const nlohmann::json& parts) override { captions_->seen(parts); }
  nlohmann::json state() const override { return captions_->state(); }
  void restore(const nlohmann::json& state) override { captions_->restore(state); }

 private:
  bool seeks_presence() const { return config_.labels.presence_weight > 0; }

  void add_losses(const Features& features, const std::vector<LabelTargets>& labels,
                  std::uint64_t seed, BatchLoss& loss) const {
    const LabelRows rows = rows_of(features, labels);
    if (rows.images.empty()) return;
    const at::Device device = features.values.device();
    const Features seen{
        features.values.index_select(0, at::tensor(rows.images, at::kLong).to(device)),
        features.grid};
    const WordBatch words = on_device(make_word_batch(rows.captions), device);
    UnrollOptions options;
    options.dropout =
        config_.objective == "self_critical" ? config_.self_critical.dropout : config_.dropout;
    options.attention_dropout = config_.attention_dropout;
    options.matrix_type = matrix_type_;
    options.generator = at::detail::createCPUGenerator(seed ^ kStream);
    options.mode = default_attention_mode(decoder_->config().kind);
    const at::Tensor logits =
        decoder_->logits(decoder_->unroll(seen, words.inputs, options).hidden);
    const Positions positions = positions_of(words);

    std::vector<std::vector<std::int64_t>> steps(rows.sought.size());  // per caption as given
    const at::Tensor row = positions.row.cpu();
    const auto row_of = row.accessor<std::int64_t, 1>();
    for (std::int64_t n = 0; n < row.size(0); ++n) {
      const std::int64_t caption = words.given[static_cast<std::size_t>(row_of[n])];
      steps[static_cast<std::size_t>(caption)].push_back(n);
    }
    std::vector<std::int64_t> of_phrases;
    std::vector<SoughtWord> sought;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (rows.sought[i] == nullptr) {
        of_phrases.insert(of_phrases.end(), steps[i].begin(), steps[i].end());
        continue;
      }
      for (const auto& names : rows.sought[i]->names) sought.push_back({steps[i], names});
    }
    if (!of_phrases.empty()) {
      const at::Tensor chosen = at::tensor(of_phrases, at::kLong).to(device);
      loss.phrases.loss =
          cross_entropy(logits.index_select(0, chosen), positions.targets.index_select(0, chosen),
                        config_.label_smoothing);
      loss.phrases.items = static_cast<double>(of_phrases.size());
      loss.phrases.parts["label_phrases"] = loss.phrases.loss.item<double>();
    }
    if (!sought.empty()) {
      const at::Tensor term = presence_loss(logits, sought);
      loss.labels.loss = config_.labels.presence_weight * term;
      loss.labels.items = static_cast<double>(sought.size());
      loss.labels.parts["label_presence"] = term.item<double>();
    }
  }

  LabelRows rows_of(const Features& features, const std::vector<LabelTargets>& labels) const {
    std::vector<std::vector<std::int64_t>> own;
    if (seeks_presence()) own = greedy_captions(features);
    LabelRows rows;
    for (std::size_t m = 0; m < labels.size(); ++m) {
      std::vector<std::vector<std::int64_t>> captions;
      if (!labels[m].phrase.empty()) {
        captions.push_back(labels[m].phrase);
        rows.sought.push_back(nullptr);
      }
      if (seeks_presence() && !labels[m].names.empty()) {
        captions.push_back(own[m]);
        rows.sought.push_back(&labels[m]);
      }
      if (captions.empty()) continue;
      rows.images.push_back(static_cast<std::int64_t>(m));
      rows.captions.push_back(std::move(captions));
    }
    return rows;
  }

  /// The words of the model's own captions, without the end word, at least one each.
  std::vector<std::vector<std::int64_t>> greedy_captions(const Features& features) const {
    torch::NoGradGuard no_gradient;
    BeamSearchOptions options;
    options.beam = 1;
    options.constraints.max_length = config_.max_words;
    const auto step = [this, mode = default_attention_mode(decoder_->config().kind)](
                          const State& state, const at::Tensor& words) {
      return decoder_->step(state, words, mode);
    };
    std::vector<std::vector<std::int64_t>> captions;
    for (const auto& found :
         beam_search(step, decoder_->start(features, 1, matrix_type_), options)) {
      captions.push_back(found.front().ids);
    }
    return captions;
  }

  /// Separates the dropout of this pass from that of the captions.
  static constexpr std::uint64_t kStream = 0x2545f4914f6cdd1dU;

  std::unique_ptr<Objective> captions_;
  TrainingConfig config_;
  Decoder decoder_;
  at::ScalarType matrix_type_;
};

}  // namespace

std::unique_ptr<Objective> with_labels(std::unique_ptr<Objective> captions,
                                       const ObjectiveContext& context) {
  return std::make_unique<WithLabels>(std::move(captions), context);
}

}  // namespace saccade
