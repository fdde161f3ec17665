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
#include "saccade/model/bundle/bundle.h"
#include "saccade/training/epoch_order.h"
#include "saccade/training/process_group.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// What a training run tells while it goes on.
struct TrainingProgress {
  std::int64_t epoch = 0, epochs = 0;
  std::int64_t batch = 0, batches = 0;  ///< of the epoch
  double loss = 0;  ///< smoothed over the last steps: cross entropy per word, or the reward
  double words_per_second = 0;
  double seconds_left = 0;  ///< of the whole run, an estimate
};

/// How a run talks to its caller; any may be empty.
struct TrainingCallbacks {
  std::function<void(const TrainingProgress&)> progress;
  std::function<void(const ValidationResult&)> validated;
  std::function<void(std::size_t done, std::size_t all)> caching;  ///< while features are cached
  std::function<bool()> should_stop;  ///< asked at every step; true saves a checkpoint and ends
};

struct TrainingRun {
  TrainingConfig config;
  ModelConfig model;         ///< `decoder.vocabulary` and `decoder.features` are filled in
  Encoder encoder{nullptr};  ///< with its pretrained weights
  /// A trained model to go on from; then `model` and `encoder` above are not looked at.
  std::optional<Bundle> start;
  Dataset train;
  std::vector<ImageShare>
      shares;                 ///< how often its photographs are drawn; empty: each once an epoch
  std::vector<DevSplit> dev;  ///< one or more
  /// Boxes of the training captions' phrases, for supervised attention.
  std::optional<DatasetPhrases> phrases;
  /// Those of each dev split, on which the maps are measured after every epoch; or none at all.
  std::vector<DatasetPhrases> dev_phrases;
  CaptionOptions validation;  ///< how the dev splits are decoded, and the bundle by itself
  nlohmann::json provenance;  ///< goes into the bundle
  /// A folder for the features of an encoder that does not learn (see FeatureCache); empty: they
  /// are computed anew for every batch. With it photographs are not augmented.
  std::filesystem::path feature_cache;
  std::uint64_t feature_cache_bytes = std::uint64_t{16} << 30;  ///< it may grow to
  at::Device device{at::kCPU};      ///< that computes, validation included; the data stays here
  std::filesystem::path directory;  ///< gets checkpoint/, best/ (a bundle) and train.jsonl
  bool resume = false;
  /// The processes that train together, all with the same run and directory; null: this one alone.
  /// The first one validates and writes. A batch then has `batch_images` of each.
  std::shared_ptr<ProcessGroup> processes;
};

enum class TrainingEnd { finished, stopped };

/// Training with free-running validation after every epoch; the bundle that is the best so far by
/// the config's metric, the weighted mean over the dev splits, is kept in directory/best.
/// @throws std::runtime_error for data that cannot be read, a checkpoint of another config, a disk
///         that is full, or a loss that is no number (naming epoch and batch).
TrainingEnd train(TrainingRun run, const TrainingCallbacks& callbacks);

}  // namespace saccade
