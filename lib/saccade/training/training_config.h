#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "saccade/model/config.h"

namespace saccade {

/// The doubly stochastic term of a caption of T words (the end counted), λ (1/T) Σ_i (τ − Σ_t
/// α_ti)², averaged over the captions of a batch (Xu et al. 2015, equation 14, per word). The other
/// term is the cross entropy averaged over words.
struct CoverageConfig {
  double weight = 0.1;  ///< λ; the paper has 1
  std::string target =
      "share";  ///< τ: "one" as the paper has it, "share" for T/L, which can be met
};

/// Supervised attention, for captions whose phrases have boxes (attention_supervision.h). The term
/// λ Σ_m w_m (−Σ_i q_mi log α_mi) / Σ_m w_m is added to the loss of either objective; in
/// self-critical training it is that of the photographs' own captions, so that the maps do not
/// drift.
struct AttentionSupervisionConfig {
  double weight = 0.5;     ///< λ; without phrases it has no effect
  double other_words = 0;  ///< w of a phrase's words but the last, whose w is 1
};

/// Random changes to a training photograph that keep its captions true.
struct AugmentConfig {
  double crop_area =
      1;  ///< smallest share of the photograph that a random crop keeps, in (0, 1]; 1: none
  double color = 0;   ///< brightness, contrast and saturation each vary by a factor 1 ± this
  bool flip = false;  ///< mirrored half the time, unless a caption says left or right
};

/// Hard attention's REINFORCE (Xu et al. 2015, section 4.1), for models of that kind.
struct HardAttentionConfig {
  std::int64_t samples = 1;      ///< N: Monte Carlo samples of the cells per caption
  double reward_weight = 1;      ///< λ_r
  double entropy_weight = 0.01;  ///< λ_e
  /// The coin: the probability, per image, that the cells are set to their expected value.
  double expected_share = 0.5;
};

/// Self-critical sequence training (Rennie et al. 2017), for the objective "self_critical".
struct SelfCriticalConfig {
  std::int64_t candidates = 5;             ///< captions decoded per image
  std::string search = "sample";           ///< where they come from: "sample" or "beam"
  std::string baseline = "leave_one_out";  ///< or "greedy"
  double cider = 1;                        ///< weight of CIDEr-D (0…10) in the reward
  double bleu_4 = 0;                       ///< weight of the sentence's BLEU-4 (0…1)
  double dropout = 0;                      ///< in the pass that learns
};

/// Everything a training run is told. In JSON every field has the name it has here, those of the
/// parts with the part's name before them: "coverage_weight", "hard_samples", …
struct TrainingConfig {
  std::string objective = "cross_entropy";  ///< or "self_critical", from a trained model
  std::int64_t epochs = 12;
  std::int64_t batch_images = 32;
  std::int64_t accumulate = 1;          ///< batches whose gradients make one step
  std::int64_t captions_per_image = 5;  ///< at most; of an image with fewer, all
  std::int64_t min_count = 5;       ///< words rarer than this in the training split become <unk>
  std::int64_t max_words = 24;      ///< longer captions are cut for training
  std::string optimizer = "adamw";  ///< adamw, adam, rmsprop or sgd (momentum 0.9)
  double learning_rate = 1e-3;      ///< of the decoder, at its peak
  std::string schedule = "cosine";  ///< cosine, constant, step or plateau: see optimization.h
  double schedule_factor = 0.5;     ///< of step and plateau
  std::int64_t schedule_epochs = 3;
  std::int64_t warmup_steps = 200;
  double weight_decay = 0;
  double clip_norm = 5;  ///< of all gradients together; 0: they are not clipped
  std::int64_t encoder_from =
      0;  ///< the epoch from which the encoder learns; ≥ epochs: it stays frozen
  double encoder_learning_rate = 1e-4;
  std::string encoder_frozen_through;  ///< the encoder's layers up to this one never learn
  /// Where the encoder has batch norms: "fixed", their statistics stay as they are, or "learned".
  std::string encoder_batch_norm = "fixed";
  double dropout = 0.5;
  double attention_dropout = 0;  ///< on α where it weighs the annotations
  double label_smoothing = 0;    ///< share of the target spread over all words, in [0, 1)
  /// Share of given words that the model's own replace, at the end; it rises linearly from 0.
  double scheduled_sampling = 0;
  double ema = 0;    ///< decay of the averaged weights that are validated and kept; 0: none
  bool bf16 = true;  ///< matrix products in bfloat16 where the processor has them
  std::string metric = "bleu_4";  ///< or "cider": what the best epoch is chosen by, on dev
  std::int64_t early_stop = 0;    ///< validations without a better one that end the run; 0: none do
  std::uint64_t seed = 1;
  CoverageConfig coverage;
  AttentionSupervisionConfig attention_supervision;
  AugmentConfig augment;
  HardAttentionConfig hard;
  SelfCriticalConfig self_critical;
};

/// @throws std::runtime_error for an unknown key, a wrong type, a value out of range or settings
///         that contradict each other, by name.
TrainingConfig training_config_from_json(const nlohmann::json& json, TrainingConfig base = {});
nlohmann::json to_json(const TrainingConfig& config);

}  // namespace saccade
