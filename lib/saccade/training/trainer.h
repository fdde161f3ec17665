#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/evaluate/validation.h"
#include "saccade/io/progress.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/text/wordnet/label_wording.h"
#include "saccade/training/epoch_order.h"
#include "saccade/training/process_group.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// Progress of a training run.
struct TrainingProgress {
  std::int64_t epoch = 0, epochs = 0;
  std::int64_t batch = 0, batches = 0;  ///< of the epoch
  double loss = 0;  ///< moving average of the cross entropy per word, or of the reward
  double words_per_second = 0;
  double seconds_left = 0;  ///< estimate for the whole run
};

/// Callbacks of a run. Any of them may be empty.
struct TrainingCallbacks {
  std::function<void(const TrainingProgress&)> progress;
  std::function<void(const ValidationResult&)> validated;
  Progress caching;                   ///< while features are cached
  std::function<bool()> should_stop;  ///< called at every step; true: save a checkpoint and end
};

/// Everything that defines a training run.
struct TrainingRun {
  TrainingConfig config;
  ModelConfig model;         ///< `decoder.vocabulary` and `decoder.features` are set by `train`
  Encoder encoder{nullptr};  ///< with its pretrained weights
  /// A trained model to continue from; then `model` and `encoder` are ignored.
  std::optional<Bundle> start;
  /// The words of a fresh decoder; by default training_vocabulary of `train`.
  std::optional<Vocabulary> vocabulary;
  Dataset train;
  LabelWordings labels;  ///< the words of the labels of training images, see find_label_words
  std::vector<ImageShare> shares;  ///< how often images are sampled; empty: each once per epoch
  std::vector<DevSplit> dev;       ///< one or more
  /// Boxes of the training captions' phrases, for supervised attention.
  std::optional<DatasetPhrases> phrases;
  /// The phrases of each dev split, on which the maps are measured after every epoch; or empty.
  std::vector<DatasetPhrases> dev_phrases;
  CaptionOptions validation;  ///< decoding of the dev splits, and the default of the bundle
  nlohmann::json provenance;  ///< stored in the bundle
  /// The folder for cached features of a frozen encoder (see FeatureCache); empty: features are
  /// computed for every batch. Cannot be combined with augmentation.
  std::filesystem::path feature_cache;
  std::uint64_t feature_cache_bytes = std::uint64_t{16} << 30;  ///< maximum size of the cache
  at::Device device{at::kCPU};      ///< for training and validation; the data stays on the CPU
  std::filesystem::path directory;  ///< receives checkpoint/, best/ (a bundle) and train.jsonl
  bool resume = false;              ///< continue from directory/checkpoint
  /// The processes of distributed training, all with the same run and directory; null: only this
  /// process. Rank 0 validates and writes files. A batch has `batch_images` images of each process.
  std::shared_ptr<ProcessGroup> processes;
};

enum class TrainingEnd { finished, stopped };

/// Trains a model, with free-running validation after every epoch. The best bundle so far, by the
/// config's metric as the weighted mean over the dev splits, is kept in directory/best.
/// @throws std::runtime_error for data that cannot be read, a checkpoint of another config, a full
///         disk, or a loss that is not finite (naming epoch and batch); std::invalid_argument for a
///         run whose parts contradict each other.
TrainingEnd train(TrainingRun run, const TrainingCallbacks& callbacks);

}  // namespace saccade
