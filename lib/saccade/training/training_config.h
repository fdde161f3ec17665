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

/// Random changes to a training photograph that keep its captions true.
struct AugmentConfig {
  double crop_area =
      1;  ///< smallest share of the photograph that a random crop keeps, in (0, 1]; 1: none
  double color = 0;   ///< brightness, contrast and saturation each vary by a factor 1 ± this
  bool flip = false;  ///< mirrored half the time, unless a caption says left or right
};

/// Everything a training run is told. In JSON every field has the name it has here.
struct TrainingConfig {
  std::int64_t epochs = 12;
  std::int64_t batch_images = 32;
  std::int64_t captions_per_image = 5;
  std::int64_t min_count = 5;   ///< words rarer than this in the training split become <unk>
  std::int64_t max_words = 24;  ///< longer captions are cut for training
  double learning_rate = 1e-3;  ///< of the decoder, at its peak; AdamW with cosine decay to 1 %
  std::int64_t encoder_from =
      0;  ///< the epoch from which the encoder learns; ≥ epochs: it stays frozen
  double encoder_learning_rate = 1e-4;
  std::string encoder_frozen_through;  ///< the encoder's layers up to this one never learn
  std::int64_t warmup_steps = 200;
  double weight_decay = 0;
  double clip_norm = 5;  ///< of all gradients together
  double dropout = 0.5;
  double label_smoothing = 0;  ///< share of the target spread over all words, in [0, 1)
  double ema = 0;    ///< decay of the averaged weights that are validated and kept; 0: none
  bool bf16 = true;  ///< matrix products in bfloat16 where the processor has them
  std::uint64_t seed = 1;
  CoverageConfig coverage;
  AugmentConfig augment;
};

/// @throws std::runtime_error for an unknown key, a wrong type or a value out of range, by name.
TrainingConfig training_config_from_json(const nlohmann::json& json, TrainingConfig base = {});
nlohmann::json to_json(const TrainingConfig& config);

}  // namespace saccade
