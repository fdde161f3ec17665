#include "saccade/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include <torch/nn/module.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/optimizer.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/caption/captioner.h"
#include "saccade/evaluate/validation.h"
#include "saccade/io/staging_folder.h"
#include "saccade/model/device.h"
#include "saccade/training/batch_gradient.h"
#include "saccade/training/batch_loader.h"
#include "saccade/training/checkpoint.h"
#include "saccade/training/feature_cache.h"
#include "saccade/training/learning_curves.h"
#include "saccade/training/objective.h"
#include "saccade/training/optimization.h"
#include "saccade/training/training_log.h"
#include "saccade/training/training_vocabulary.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 300;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Encoder and decoder as one module, with parameter names as in a bundle.
struct Modules : torch::nn::Module {
  explicit Modules(const Bundle& model) {
    register_module("encoder", model.encoder);
    register_module("decoder", model.decoder);
  }
};

/// @throws std::runtime_error naming what differs: "/input/size was 224 and is 288"
void require_same(const fs::path& checkpoint, const std::string& what, const nlohmann::json& was,
                  const nlohmann::json& is) {
  if (was == is) return;
  const nlohmann::json before = was.flatten(), now = is.flatten();
  std::string differences;
  for (const auto& [name, value] : before.items()) {
    const nlohmann::json other = now.value(name, nlohmann::json());
    if (value == other) continue;
    differences += (differences.empty() ? "" : ", ") + name + " was " + value.dump() + " and is " +
                   other.dump();
  }
  throw std::runtime_error(checkpoint.string() + ": was created with another " + what + " (" +
                           differences + "); resume with the same " + what);
}

Bundle with_fresh_decoder(const TrainingRun& run) {
  Bundle model;
  model.config = run.model;
  model.vocabulary =
      run.vocabulary ? *run.vocabulary : training_vocabulary(run.train, run.config.min_count);
  model.encoder = run.encoder;
  model.config.encoder = model.encoder->config();
  model.config.decoder.vocabulary = model.vocabulary.size();
  model.config.decoder.features = model.encoder->channels();
  model.decoder = Decoder(model.config.decoder);
  model.decoder->initialize();
  return model;
}

/// Enables gradients, which are off in parameters loaded from a bundle.
void learn(torch::nn::Module& module) {
  for (at::Tensor& parameter : module.parameters()) parameter.requires_grad_(true);
}

/// The initial model of a run, on the run's device: the run's start bundle, or the run's encoder
/// with a new decoder, initialized from the config's seed, for the vocabulary of the training
/// captions. All parameters require gradients, except those of permanently frozen encoder layers.
/// @throws std::runtime_error if no word occurs min_count times; std::invalid_argument for an
///         encoder layer that does not exist.
Bundle starting_model(const TrainingRun& run) {
  torch::manual_seed(run.config.seed);
  Bundle model = run.start ? *run.start : with_fresh_decoder(run);
  model.to(run.device);
  learn(*model.decoder);
  learn(*model.encoder);
  const std::string& frozen = run.config.encoder_frozen_through;
  if (!frozen.empty()) model.encoder->freeze_through(frozen);
  return model;
}

/// A moving average over about the last 50 values, for the progress bar. Bias-corrected, so that it
/// is a mean from the first value on.
class Smoothed {
 public:
  void add(double value) {
    weight_ = kDecay * weight_ + (1 - kDecay);
    value_ += (value - value_) * (1 - kDecay) / weight_;
  }
  double value() const { return value_; }

 private:
  static constexpr double kDecay = 0.98;
  double value_ = 0, weight_ = 0;
};

/// The state of a run.
class Trainer {
 public:
  Trainer(TrainingRun run, const TrainingCallbacks& callbacks)
      : run_(std::move(run)),
        callbacks_(callbacks),
        config_(run_.config),
        processes_(run_.processes ? run_.processes : std::make_shared<ProcessGroup>()),
        model_(starting_model(run_)),
        modules_(std::make_shared<Modules>(model_)),
        loader_(run_.train, model_.vocabulary, model_.config.input, config_,
                run_.feature_cache.empty(), {processes_->rank(), processes_->size()}, run_.shares,
                run_.phrases, run_.labels),
        average_(*modules_, config_.ema),
        optimizer_(
            make_optimizer(config_, {model_.decoder->parameters(), model_.encoder->parameters()})),
        // For a GPU older than Ampere the config must turn bfloat16 off.
        matrix_type_(product_type(config_.bf16 ? at::kBFloat16 : at::kFloat, run_.device)),
        steps_per_epoch_((loader_.batches_per_epoch() + config_.accumulate - 1) /
                         config_.accumulate),
        schedule_(config_, steps_per_epoch_),
        objective_(make_objective(
            {config_, model_.decoder, &model_.vocabulary, &run_.train, matrix_type_})) {
    model_.decoding = decoding_of(run_.validation);
    if (run_.phrases && model_.config.decoder.context != Context::attention) {
      throw std::invalid_argument(
          "phrases with boxes supervise attention, but this decoder has no attention; train it "
          "without phrases");
    }
    if (!run_.labels.empty() && !config_.labels.phrases && config_.labels.presence_weight == 0) {
      throw std::invalid_argument(
          "images with labels teach nothing if label_phrases is false and label_presence_weight is "
          "0; change one of them, or train without these images");
    }
    model_.provenance = run_.provenance;
    model_.provenance["training"] = to_json(config_);
  }

  TrainingEnd run() {
    make_folder(run_.directory);
    std::int64_t first_batch = begin_or_resume();
    processes_->broadcast(weights());
    if (config_.encoder_from >= config_.epochs) model_.encoder->pack();
    open_cache();
    if (processes_->is_first()) log_.open(log_path(), std::ios::app);
    saved_ = started_ = Clock::now();
    first_seen_ = epoch_ * loader_.batches_per_epoch() + first_batch;
    for (; epoch_ < config_.epochs && !stale(); ++epoch_, first_batch = 0) {
      loader_.begin(epoch_, first_batch);
      for (batch_ = first_batch; batch_ < loader_.batches_per_epoch();) {
        const bool stepped = train_batch(loader_.next());
        ++batch_;
        if (!stepped) continue;
        if (told_to_stop()) {
          save_checkpoint();
          return TrainingEnd::stopped;
        }
        if (seconds_since(saved_) > kCheckpointSeconds) save_checkpoint();
      }
      validate();
      batch_ = 0;
      ++epoch_;
      save_checkpoint();
      --epoch_;
    }
    return TrainingEnd::finished;
  }

 private:
  /// Stops all processes at the same step if one of them is told to stop.
  bool told_to_stop() {
    const bool here = callbacks_.should_stop && callbacks_.should_stop();
    return processes_->sum(here ? 1.0 : 0.0) > 0;
  }

  std::vector<at::Tensor> weights() const {
    std::vector<at::Tensor> all;
    for (const at::Tensor& parameter : modules_->parameters()) all.push_back(parameter.detach());
    for (const at::Tensor& buffer : modules_->buffers()) all.push_back(buffer);
    return all;
  }

  void open_cache() {
    if (run_.feature_cache.empty()) return;
    if (config_.encoder_from < config_.epochs) {
      throw std::invalid_argument(
          "features can be cached only for a frozen encoder; set encoder_from to the number of "
          "epochs, or train without a feature cache");
    }
    const AugmentConfig& augment = config_.augment;
    if (augment.crop_area < 1 || augment.color > 0 || augment.flip) {
      throw std::invalid_argument(
          "cached features cannot be augmented; set augment_crop_area to 1, augment_color to 0 and "
          "augment_flip to false, or train without a feature cache");
    }
    cache_ = FeatureCache::open(run_.feature_cache, run_.feature_cache_bytes, run_.train,
                                model_.config, model_.encoder, matrix_type_, callbacks_.caching);
  }

  Checkpoint checkpoint() { return Checkpoint{*modules_, average_, *optimizer_}; }

  std::int64_t begin_or_resume() {
    const fs::path folder = run_.directory / "checkpoint";
    if (!run_.resume) {
      require_no_run();
      if (processes_->is_first())
        cut_training_log(log_path(), 0, 0);  // left by a run without a checkpoint
      return 0;
    }
    const nlohmann::json progress = Checkpoint::progress(folder);
    require_same(folder, "training config", progress.at("config"), to_json(config_));
    require_same(folder, "model", progress.at("model"), to_json(model_.config));
    require_same(folder, "mixture", progress.value("mixture", mixture()), mixture());
    checkpoint().load(folder);
    epoch_ = progress.at("epoch");
    step_ = progress.at("step");
    best_ = progress.at("best");
    since_best_ = progress.at("since_best");
    schedule_.restore(progress.at("learning_rate_drops"));
    objective_->restore(progress.at("objective"));
    if (processes_->is_first()) cut_training_log(log_path(), step_, epoch_);
    return progress.at("batch");
  }

  /// Refuses a folder with an earlier run or with files of the user, which would be lost.
  void require_no_run() const {
    std::string found;
    for (const char* name : {"checkpoint", "checkpoint.previous", "best", "curves.png"}) {
      if (found.empty() && fs::exists(run_.directory / name)) found = name;
    }
    if (found.empty() && !is_training_log(log_path())) found = log_path().filename().string();
    if (found.empty()) return;
    throw std::runtime_error(run_.directory.string() + ": already contains a run or a file " +
                             found + "; continue with --resume or choose another folder");
  }

  fs::path log_path() const { return run_.directory / "train.jsonl"; }

  void save_checkpoint() {
    if (!processes_->is_first()) return;
    // A killed run resumes from here, so the log must contain every step up to this one.
    if (!log_.flush()) throw std::runtime_error(log_path().string() + ": cannot be written");
    checkpoint().save(run_.directory / "checkpoint", {{"config", to_json(config_)},
                                                      {"model", to_json(model_.config)},
                                                      {"mixture", mixture()},
                                                      {"epoch", epoch_},
                                                      {"batch", batch_},
                                                      {"step", step_},
                                                      {"best", best_},
                                                      {"since_best", since_best_},
                                                      {"learning_rate_drops", schedule_.drops()},
                                                      {"objective", objective_->state()}});
    saved_ = Clock::now();
  }

  /// The data that determines the images of each batch.
  nlohmann::json mixture() const {
    nlohmann::json json = {{"images", run_.train.images.size()}};
    for (const ImageShare& source : run_.shares) {
      json["sources"].push_back({{"images", source.images}, {"share", source.share}});
    }
    return json;
  }

  bool encoder_learns() const { return epoch_ >= config_.encoder_from; }

  /// Whether batch norms train; then their statistics require whole batches.
  bool trains_batch_norms() const {
    return encoder_learns() && config_.encoder_batch_norm == "learned";
  }

  /// A separate seed for every part of every batch in every process.
  std::uint64_t seed_of(std::int64_t batch, std::int64_t part) const {
    return config_.seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(batch) +
           0x5851f42dU * static_cast<std::uint64_t>(part) +
           0x14057b7eU * static_cast<std::uint64_t>(processes_->rank());
  }

  bool stale() const { return config_.early_stop > 0 && since_best_ >= config_.early_stop; }

  void set_learning_rates() {
    const double share = schedule_.share(step_);
    auto& groups = optimizer_->param_groups();
    groups[0].options().set_lr(config_.learning_rate * share);
    groups[1].options().set_lr(encoder_learns() ? config_.encoder_learning_rate * share : 0);
  }

  Features features(const TrainingBatch& batch) {
    if (cache_) return cache_->features(batch.image_indices).to(run_.device);
    torch::AutoGradMode gradient(encoder_learns());
    return model_.encoder->forward(batch.pixels.to(matrix_type_));
  }

  /// @return whether this was the last batch of a step, i.e. the optimizer made a step.
  bool train_batch(const TrainingBatch& batch) {
    const Clock::time_point begin = Clock::now();
    const std::int64_t batches = loader_.batches_per_epoch();
    const std::int64_t first_of_step = batch_ / config_.accumulate * config_.accumulate;
    const std::int64_t batches_of_step = std::min(config_.accumulate, batches - first_of_step);
    const bool last_of_step = batch_ + 1 == first_of_step + batches_of_step;
    model_.decoder->train();
    model_.encoder->train(trains_batch_norms());
    if (batch_ == first_of_step) optimizer_->zero_grad();
    const std::int64_t seen = epoch_ * batches + batch_;
    const double progress =
        static_cast<double>(seen) / static_cast<double>(config_.epochs * batches);
    const bool whole = trains_batch_norms() || !run_.device.is_cpu();
    const std::int64_t parts = whole ? 1 : parts_of(batch);
    const PartLoss loss = [&](const TrainingBatch& images, std::int64_t part) {
      return (*objective_)(features(images), images, progress, seed_of(seen, part));
    };
    const BatchFigures result = add_gradient(batch, parts, loss, modules_->parameters(),
                                             1 / static_cast<double>(batches_of_step), *processes_);
    if (!std::isfinite(result.loss)) {
      throw std::runtime_error("the loss is not finite at epoch " + std::to_string(epoch_ + 1) +
                               ", batch " + std::to_string(batch_ + 1) +
                               "; lower the learning rate or clip_norm and resume");
    }
    objective_->seen(result.parts);
    const std::int64_t step = step_;
    if (last_of_step) take_step();
    report(result, step, seconds_since(begin));
    return last_of_step;
  }

  void take_step() {
    set_learning_rates();
    average_gradients(*modules_, *processes_);
    if (config_.clip_norm > 0) {
      torch::nn::utils::clip_grad_norm_(modules_->parameters(), config_.clip_norm);
    }
    optimizer_->step();
    average_.update(step_);
    ++step_;
  }

  void report(const BatchFigures& result, std::int64_t step, double seconds) {
    const std::int64_t words = result.words + result.phrase_words;
    if (result.words > 0) loss_.add(result.shown);
    speed_.add(static_cast<double>(words) / seconds);
    nlohmann::json line{{"step", step},
                        {"epoch", epoch_ + 1},
                        {"loss", result.loss},
                        {"words", words},
                        {"seconds", seconds}};
    line.update(result.parts);
    log_ << line.dump() << '\n';
    if (!callbacks_.progress || !processes_->is_first()) return;
    const std::int64_t batches = loader_.batches_per_epoch();
    const std::int64_t seen = epoch_ * batches + batch_ + 1;
    const double per_batch = seconds_since(started_) / static_cast<double>(seen - first_seen_);
    callbacks_.progress({epoch_ + 1, config_.epochs, batch_ + 1, batches, loss_.value(),
                         speed_.value(),
                         per_batch * static_cast<double>(config_.epochs * batches - seen)});
  }

  /// Validates in rank 0 and shares the result with the other processes.
  void validate() {
    const double reached = processes_->on_first([this] { return validate_here(); });
    since_best_ = reached > best_ ? 0 : since_best_ + 1;
    best_ = std::max(best_, reached);
    schedule_.validated(since_best_);
  }

  /// @return dev_peak_in_box, averaged over the dev splits with phrases.
  std::optional<double> pointing() const {
    double sum = 0;
    int splits = 0;
    for (std::size_t i = 0; i < run_.dev_phrases.size(); ++i) {
      const auto peak =
          dev_peak_in_box(model_, run_.dev[i].dataset, run_.dev_phrases[i], config_.batch_images);
      if (!peak) continue;
      sum += *peak;
      ++splits;
    }
    if (splits == 0) return std::nullopt;
    return sum / splits;
  }

  /// @return the metric that selects the best epoch.
  double validate_here() {
    modules_->eval();
    average_.swap();
    ValidationResult result =
        score_dev_splits(Captioner(model_), run_.dev, run_.validation, config_.batch_images);
    result.epoch = epoch_ + 1;
    const double reached = config_.metric == "cider" ? result.cider : result.bleu_4;
    result.best = reached > best_;
    if (model_.config.decoder.context == Context::attention) result.peak_in_box = pointing();
    nlohmann::json line{{"step", step_},
                        {"epoch", result.epoch},
                        {"bleu_4", result.bleu_4},
                        {"cider", result.cider},
                        {"samples", result.samples}};
    if (result.peak_in_box) line["dev_peak_in_box"] = *result.peak_in_box;
    if (result.splits.size() > 1) line["dev"] = to_json(result.splits);
    log_ << line.dump() << std::endl;
    write_learning_curves(log_path(), run_.directory / "curves.png");
    if (result.best) save_validated(run_.directory / "best", model_, result);
    average_.swap();
    if (callbacks_.validated) callbacks_.validated(result);
    return reached;
  }

  const TrainingRun run_;
  const TrainingCallbacks& callbacks_;
  const TrainingConfig config_;
  std::shared_ptr<ProcessGroup> processes_;
  Bundle model_;
  std::shared_ptr<Modules> modules_;  ///< of model_
  BatchLoader loader_;
  AveragedWeights average_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  at::ScalarType matrix_type_;
  std::int64_t steps_per_epoch_;
  LearningRateSchedule schedule_;
  std::unique_ptr<Objective> objective_;
  std::optional<FeatureCache> cache_;

  std::int64_t epoch_ = 0, batch_ = 0, step_ = 0;
  std::int64_t first_seen_ = 0;  ///< batches done before this start
  double best_ = -1;
  std::int64_t since_best_ = 0;  ///< validations since the best one
  Smoothed loss_, speed_;        ///< speed in words per second
  Clock::time_point started_, saved_;
  std::ofstream log_;
};

}  // namespace

TrainingEnd train(TrainingRun run, const TrainingCallbacks& callbacks) {
  return Trainer(std::move(run), callbacks).run();
}

}  // namespace saccade
