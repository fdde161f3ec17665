#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/model/config.h"

namespace saccade {

/// The doubly stochastic term (Xu et al. 2015, equation 14, per word): for a caption of T words,
/// including the end token, λ (1/T) Σ_i (τ − Σ_t α_ti)², averaged over the captions of a batch. It
/// is added to the cross entropy, which is averaged over words. Soft attention only.
struct CoverageConfig {
  double weight = 0.1;  ///< λ; 1 in the paper
  /// τ: "one" as in the paper, or "share" for T/L, which Σ_t α_ti can attain for all cells.
  std::string target = "share";
};

/// Supervised attention, for captions whose phrases have boxes (attention_supervision.h). The term
/// λ Σ_m w_m (−Σ_i q_mi log α_mi) / Σ_m w_m is added to the loss of both objectives. In
/// self-critical training it is computed on the reference captions, so that the maps do not drift.
struct AttentionSupervisionConfig {
  double weight = 0.5;     ///< λ; no effect without phrases
  double other_words = 0;  ///< w of the words of a phrase other than the last, 0…1
};

/// Learning from images that have labels instead of captions.
struct LabelConfig {
  /// Cross entropy of noun phrases made from labels ("two cars and a person"), averaged together
  /// with that of the captions' words. The phrase's end carries no loss.
  bool phrases = true;
  /// λ of the presence loss: with the model's own greedy caption and p_t(k) the probability at step
  /// t of the words that name label k, the mean over labels of −log max_t p_t(k); 0: off.
  double presence_weight = 0;
};

/// Random augmentation of training images that keeps their captions valid.
struct AugmentConfig {
  double crop_area = 1;  ///< minimum share of the image kept by a random crop, in [0.05, 1]; 1: off
  double color = 0;      ///< brightness, contrast and saturation each vary by a factor 1 ± this
  bool flip = false;     ///< mirror half of the images, unless a caption says left or right
};

/// REINFORCE for hard attention (Xu et al. 2015, section 4.1).
struct HardAttentionConfig {
  std::int64_t samples = 1;      ///< N: Monte Carlo samples of the cells per caption
  double reward_weight = 1;      ///< λ_r
  double entropy_weight = 0.01;  ///< λ_e
  /// The probability, per image, that the context is set to its expected value instead of sampled.
  double expected_share = 0.5;
};

/// Self-critical sequence training (Rennie et al. 2017), for the objective "self_critical".
struct SelfCriticalConfig {
  std::int64_t candidates = 5;             ///< captions decoded per image
  std::string search = "sample";           ///< how they are decoded: "sample" or "beam"
  std::string baseline = "leave_one_out";  ///< or "greedy"
  double cider = 1;                        ///< weight of CIDEr-D (0…10) in the reward
  double bleu_4 = 0;                       ///< weight of the sentence's BLEU-4 (0…1)
  double dropout = 0;                      ///< in the training pass
};

/// The settings of a training run. In JSON, fields have the names used here. Fields of the nested
/// structs are prefixed with the struct's name: "coverage_weight", "hard_samples", …
struct TrainingConfig {
  std::string objective = "cross_entropy";  ///< or "self_critical", which needs a trained model
  std::int64_t epochs = 12;
  std::int64_t batch_images = 32;
  std::int64_t accumulate = 1;          ///< batches per optimizer step
  std::int64_t captions_per_image = 5;  ///< maximum per image and batch
  std::int64_t min_count = 5;       ///< words rarer than this in the training split become <unk>
  std::int64_t max_words = 24;      ///< longer captions are truncated for training
  std::string optimizer = "adamw";  ///< adamw, adam, rmsprop or sgd (momentum 0.9)
  double learning_rate = 1e-3;      ///< of the decoder, at its peak
  std::string schedule = "cosine";  ///< cosine, constant, step or plateau: see optimization.h
  double schedule_factor = 0.5;     ///< for step and plateau
  std::int64_t schedule_epochs = 3;
  std::int64_t warmup_steps = 200;
  double weight_decay = 0;
  double clip_norm = 5;           ///< maximum norm of all gradients together; 0: no clipping
  std::int64_t encoder_from = 0;  ///< first epoch in which the encoder learns; ≥ epochs: frozen
  double encoder_learning_rate = 1e-4;
  std::string encoder_frozen_through;  ///< encoder layers up to this one never learn; "": none
  /// The statistics of the encoder's batch norms: "fixed" or "learned".
  std::string encoder_batch_norm = "fixed";
  double dropout = 0.5;
  double attention_dropout = 0;  ///< on α, when it weights the annotations
  double label_smoothing = 0;    ///< share of the target spread over all words, 0…0.99
  /// Share of input words replaced by words sampled from the model at the end of the run. It rises
  /// linearly from 0.
  double scheduled_sampling = 0;
  double ema = 0;    ///< decay of the averaged weights that are validated and kept; 0: no averaging
  bool bf16 = true;  ///< matrix products in bfloat16, where the CPU supports them
  std::string metric = "bleu_4";  ///< or "cider": selects the best epoch on dev
  std::int64_t early_stop = 0;    ///< end after this many validations without improvement; 0: never
  std::uint64_t seed = 1;
  CoverageConfig coverage;
  AttentionSupervisionConfig attention_supervision;
  LabelConfig labels;
  AugmentConfig augment;
  HardAttentionConfig hard;
  SelfCriticalConfig self_critical;
};

/// Reads a config. Keys that are not present keep their value in `base`.
/// @throws std::runtime_error naming an unknown key, a wrong type, a value out of range or settings
///         that contradict each other.
TrainingConfig training_config_from_json(const nlohmann::json& json, TrainingConfig base = {});
nlohmann::json to_json(const TrainingConfig& config);

/// One setting as `train --settings` lists it.
struct TrainingSetting {
  std::string name, meaning;
  std::string allowed;  ///< the range or the names
  nlohmann::json value;
};

/// All settings with the values of `config`, sorted by name.
std::vector<TrainingSetting> training_setting_list(const TrainingConfig& config);

}  // namespace saccade
