#include "saccade/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <torch/torch.h>

#include "saccade/text/ptb_tokenizer.h"
#include "saccade/training/batch_loader.h"
#include "saccade/training/checkpoint.h"
#include "saccade/training/learning_curves.h"
#include "saccade/training/objectives.h"
#include "saccade/training/training_log.h"
#include "saccade/training/validation.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 300;
constexpr std::size_t kSamples = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Encoder and decoder under one roof: their parameters are named as in a bundle.
struct Model : torch::nn::Module {
  Model(Encoder encoder, Decoder decoder) {
    register_module("encoder", encoder);
    register_module("decoder", decoder);
  }
};

bool processor_has_bf16() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

/// Warm-up to 1, then a cosine down to 1/100 at the end.
double schedule(std::int64_t step, std::int64_t warmup, std::int64_t steps) {
  if (step < warmup) return (static_cast<double>(step) + 1) / static_cast<double>(warmup);
  const double done = static_cast<double>(step - warmup) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  return 0.01 + 0.99 * 0.5 * (1 + std::cos(M_PI * std::min(1.0, done)));
}

Vocabulary build_vocabulary(const Dataset& train, std::int64_t min_count) {
  std::vector<std::vector<std::string>> captions;
  for (const CaptionedImage& image : train.images) {
    for (const std::string& text : image.captions) captions.push_back(ptb_tokenize(text));
  }
  Vocabulary vocabulary = Vocabulary::build(captions, min_count);
  if (vocabulary.size() == Vocabulary::kSpecials) {
    throw std::runtime_error("no word of the training captions occurs " +
                             std::to_string(min_count) + " times; lower min_count");
  }
  return vocabulary;
}

/// What is known of a model that nobody has described yet.
std::string model_card(const ValidationResult& result, const Bundle& bundle) {
  std::ostringstream card;
  card << "# A model trained by `saccade train`\n\n"
       << "Dev split, free-running, epoch " << result.epoch << ": BLEU-4 " << 100 * result.bleu_4
       << ", CIDEr " << result.cider << ".\n\nDecoding: " << bundle.decoding.dump()
       << "\n\nProvenance:\n```\n"
       << bundle.provenance.dump(2) << "\n```\n\nData, limits and licences: to be filled in.\n";
  return card.str();
}

/// One run's state; `train` below drives it.
class Trainer {
 public:
  Trainer(TrainingRun run, const TrainingCallbacks& callbacks)
      : run_(std::move(run)),
        callbacks_(callbacks),
        config_(run_.config),
        vocabulary_(run_.start ? run_.start->vocabulary
                               : build_vocabulary(run_.train, config_.min_count)),
        decoder_(make_decoder()),
        model_(std::make_shared<Model>(run_.encoder, decoder_)),
        loader_(run_.train, vocabulary_, run_.model.input, config_),
        average_(*model_, config_.ema),
        optimizer_(make_optimizer()),
        matrix_type_(config_.bf16 && processor_has_bf16() ? at::kBFloat16 : at::kFloat),
        steps_(config_.epochs * loader_.batches_per_epoch()) {}

  TrainingEnd run() {
    fs::create_directories(run_.directory);
    std::int64_t first_batch = begin_or_resume();
    log_.open(log_path(), std::ios::app);
    saved_ = started_ = Clock::now();
    first_step_ = step_;
    for (; epoch_ < config_.epochs; ++epoch_, first_batch = 0) {
      loader_.begin(epoch_, first_batch);
      for (batch_ = first_batch; batch_ < loader_.batches_per_epoch();) {
        train_batch(loader_.next());
        ++batch_;
        ++step_;
        if (callbacks_.should_stop && callbacks_.should_stop()) {
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
  Decoder make_decoder() {
    torch::manual_seed(config_.seed);
    if (run_.start) {
      run_.model = run_.start->config;
      run_.encoder = run_.start->encoder;
      for (torch::nn::Module* part : {static_cast<torch::nn::Module*>(run_.encoder.get()),
                                      static_cast<torch::nn::Module*>(run_.start->decoder.get())}) {
        for (at::Tensor& parameter : part->parameters()) parameter.requires_grad_(true);
      }
    }
    if (!config_.encoder_frozen_through.empty()) {
      run_.encoder->freeze_through(config_.encoder_frozen_through);
    }
    if (run_.start) return run_.start->decoder;
    run_.model.decoder.vocabulary = vocabulary_.size();
    run_.model.decoder.features = run_.encoder->channels();
    run_.model.encoder = run_.encoder->config();
    Decoder decoder(run_.model.decoder);
    decoder->initialize();
    return decoder;
  }

  torch::optim::AdamW make_optimizer() {
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(decoder_->parameters());
    groups.emplace_back(run_.encoder->parameters());
    return torch::optim::AdamW(
        groups,
        torch::optim::AdamWOptions(config_.learning_rate).weight_decay(config_.weight_decay));
  }

  Checkpoint checkpoint() { return Checkpoint{*model_, average_, optimizer_}; }

  std::int64_t begin_or_resume() {
    const fs::path folder = run_.directory / "checkpoint";
    if (!run_.resume) {
      if (fs::exists(folder)) {
        throw std::runtime_error(run_.directory.string() +
                                 ": already holds a run; continue it with --resume or name another "
                                 "folder");
      }
      return 0;
    }
    Checkpoint saved = checkpoint();
    const nlohmann::json progress = saved.load(folder);
    if (progress.at("config") != to_json(config_)) {
      throw std::runtime_error(
          folder.string() + ": was made with another training config; resume with the same one: " +
          progress.at("config").dump());
    }
    epoch_ = progress.at("epoch");
    step_ = progress.at("step");
    best_ = progress.at("best");
    cut_training_log(log_path(), step_, epoch_);
    return progress.at("batch");
  }

  fs::path log_path() const { return run_.directory / "train.jsonl"; }

  void save_checkpoint() {
    // A killed run goes on from here: the log shall hold every step up to this one.
    if (!log_.flush()) throw std::runtime_error(log_path().string() + ": cannot be written");
    checkpoint().save(run_.directory / "checkpoint", {{"config", to_json(config_)},
                                                      {"epoch", epoch_},
                                                      {"batch", batch_},
                                                      {"step", step_},
                                                      {"best", best_}});
    saved_ = Clock::now();
  }

  bool encoder_learns() const { return epoch_ >= config_.encoder_from; }

  void set_learning_rates() {
    const double share = schedule(step_, config_.warmup_steps, steps_);
    auto& groups = optimizer_.param_groups();
    groups[0].options().set_lr(config_.learning_rate * share);
    groups[1].options().set_lr(encoder_learns() ? config_.encoder_learning_rate * share : 0);
  }

  Features encode(const at::Tensor& pixels) {
    torch::AutoGradMode gradient(encoder_learns());
    return run_.encoder->forward(
        pixels.to(matrix_type_).contiguous(at::MemoryFormat::ChannelsLast));
  }

  void train_batch(const TrainingBatch& batch) {
    const Clock::time_point begin = Clock::now();
    model_->train();
    set_learning_rates();
    optimizer_.zero_grad();
    UnrollOptions options;
    options.dropout = config_.dropout;
    options.matrix_type = matrix_type_;
    const Unrolled unrolled =
        decoder_->unroll(encode(batch.pixels), batch.inputs, batch.images, options);

    const std::int64_t B = batch.inputs.size(0), K = batch.inputs.size(1), T = batch.inputs.size(2);
    const at::Tensor targets = time_major(batch.targets, batch.images);
    const at::Tensor valid = targets != Vocabulary::kPad;
    const at::Tensor places = valid.nonzero().view({-1});
    const at::Tensor word_loss =
        cross_entropy(decoder_->logits(unrolled.hidden.index_select(0, places)),
                      targets.index_select(0, places), config_.label_smoothing);
    at::Tensor loss = word_loss;
    if (config_.coverage.weight > 0 && run_.model.decoder.context == Context::attention) {
      const at::Tensor rows =
          time_major(at::arange(B * K, at::kLong).view({B, K, 1}).expand({B, K, T}), batch.images);
      loss = loss + config_.coverage.weight * coverage(at::cat(unrolled.alphas), valid, rows,
                                                       batch.lengths.view({-1}),
                                                       config_.coverage.target);
    }
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw std::runtime_error("the loss is no number at epoch " + std::to_string(epoch_ + 1) +
                               ", batch " + std::to_string(batch_ + 1) +
                               "; lower the learning rate or clip_norm and resume");
    }
    loss.backward();
    if (config_.clip_norm > 0) {
      torch::nn::utils::clip_grad_norm_(model_->parameters(), config_.clip_norm);
    }
    optimizer_.step();
    average_.update(step_);
    report(word_loss.item<double>(), value, places.size(0), seconds_since(begin));
  }

  void report(double word_loss, double loss, std::int64_t words, double seconds) {
    const double weight = smoothed_weight_ = 0.98 * smoothed_weight_ + 0.02;
    smoothed_loss_ += (word_loss - smoothed_loss_) * 0.02 / weight;
    smoothed_speed_ += (static_cast<double>(words) / seconds - smoothed_speed_) * 0.02 / weight;
    log_ << nlohmann::json{{"step", step_},  {"epoch", epoch_ + 1},
                           {"loss", loss},   {"cross_entropy", word_loss},
                           {"words", words}, {"seconds", seconds}}
                .dump()
         << '\n';
    if (!callbacks_.progress) return;
    const double per_step = seconds_since(started_) / static_cast<double>(step_ + 1 - first_step_);
    callbacks_.progress({epoch_ + 1, config_.epochs, batch_ + 1, loader_.batches_per_epoch(),
                         smoothed_loss_, smoothed_speed_,
                         per_step * static_cast<double>(steps_ - step_ - 1)});
  }

  Bundle bundle() {
    Bundle bundle;
    bundle.config = run_.model;
    bundle.vocabulary = vocabulary_;
    bundle.encoder = run_.encoder;
    bundle.decoder = decoder_;
    bundle.decoding = {{"beam", run_.validation.search.beam},
                       {"length_penalty", run_.validation.search.length_penalty}};
    bundle.provenance = run_.provenance;
    bundle.provenance["training"] = to_json(config_);
    return bundle;
  }

  void validate() {
    model_->eval();
    average_.swap();
    const Captioner captioner(bundle());
    const std::vector<Caption> captions =
        caption_dataset(captioner, run_.dev, run_.validation, config_.batch_images);
    const PairedCaptions pairs = pair_with_references(captions, run_.dev);
    const Scores scores = make_report(pairs, score_images(pairs, {}), {}).scores;
    ValidationResult result;
    result.epoch = epoch_ + 1;
    result.bleu_4 = scores[kBleu4];
    result.cider = scores[kCider];
    result.best = result.bleu_4 > best_;
    for (std::size_t i = 0; i < std::min(kSamples, captions.size()); ++i) {
      result.samples.push_back(run_.dev.images[i].name + ": " + captions[i].text);
    }
    log_ << nlohmann::json{{"step", step_},
                           {"epoch", result.epoch},
                           {"bleu_4", result.bleu_4},
                           {"cider", result.cider},
                           {"samples", result.samples}}
                .dump()
         << std::endl;
    write_learning_curves(log_path(), run_.directory / "curves.png");
    if (result.best) {
      best_ = result.bleu_4;
      Bundle best = bundle();
      best.provenance["dev"] = {
          {"epoch", result.epoch}, {"bleu_4", result.bleu_4}, {"cider", result.cider}};
      save_bundle(run_.directory / "best", best, Storage::fp16, model_card(result, best));
    }
    average_.swap();
    if (callbacks_.validated) callbacks_.validated(result);
  }

  TrainingRun run_;
  const TrainingCallbacks& callbacks_;
  const TrainingConfig config_;
  Vocabulary vocabulary_;
  Decoder decoder_;
  std::shared_ptr<Model> model_;
  BatchLoader loader_;
  AveragedWeights average_;
  torch::optim::AdamW optimizer_;
  at::ScalarType matrix_type_;
  std::int64_t steps_;

  std::int64_t epoch_ = 0, batch_ = 0, step_ = 0, first_step_ = 0;
  double best_ = -1;
  double smoothed_loss_ = 0, smoothed_speed_ = 0, smoothed_weight_ = 0;
  Clock::time_point started_, saved_;
  std::ofstream log_;
};

}  // namespace

TrainingEnd train(TrainingRun run, const TrainingCallbacks& callbacks) {
  return Trainer(std::move(run), callbacks).run();
}

}  // namespace saccade
