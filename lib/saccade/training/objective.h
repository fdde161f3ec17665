#pragma once

#include <memory>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/data/dataset.h"
#include "saccade/model/decoder/decoder.h"
#include "saccade/text/vocabulary.h"
#include "saccade/training/batch_loader.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// What a batch is worth to the optimizer.
struct BatchLoss {
  at::Tensor loss;              ///< a scalar to be minimized, the mean over the words
  at::Tensor loss_of_captions;  ///< likewise, the mean over the captions; undefined: none
  nlohmann::json parts;         ///< the figures for the log: cross_entropy, reward, coverage, …
  double shown = 0;  ///< the figure that a person follows: cross entropy per word, or reward
  std::int64_t words = 0, captions = 0;
  /// Likewise, the mean over the words whose attention is supervised, by their weights; undefined:
  /// there are none, and `supervised`, the sum of their weights, is 0.
  at::Tensor loss_of_supervised;
  nlohmann::json parts_of_supervised;  ///< means over the same: attention_supervision, peak_in_box
  double supervised = 0;
};

/// What a batch is looked at with.
struct ObjectiveContext {
  TrainingConfig config;
  Decoder decoder{nullptr};
  const Vocabulary* vocabulary = nullptr;
  const Dataset* train = nullptr;
  at::ScalarType matrix_type = at::kFloat;
};

/// A training objective: features and captions in, a loss out. All chance comes from the seed.
class Objective {
 public:
  virtual ~Objective() = default;
  /// Called by several threads at once, with different parts of a batch.
  /// @param progress  of the whole run, 0…1; @param seed  of this part of this batch.
  virtual BatchLoss operator()(const Features& features, const TrainingBatch& batch,
                               double progress, std::uint64_t seed) const = 0;
  /// Told after each batch the means of its figures.
  virtual void seen(const nlohmann::json& /*parts*/) {}
  /// What a checkpoint keeps of it.
  virtual nlohmann::json state() const { return nlohmann::json::object(); }
  virtual void restore(const nlohmann::json&) {}
};

/// Cross entropy under teacher forcing with all that the config adds to it: coverage, scheduled
/// sampling, for hard attention REINFORCE.
std::unique_ptr<Objective> teacher_forcing(const ObjectiveContext& context);
/// Self-critical sequence training.
std::unique_ptr<Objective> self_critical(const ObjectiveContext& context);

/// Adds λ times the supervision of attention (attention_supervision.h) to a batch's loss.
/// @param words   captions that were gone through, their `given` those of `supervised`
/// @param alphas  per step, as Unrolled has them
void supervise_attention(const std::vector<at::Tensor>& alphas, const WordBatch& words,
                         const SupervisedCaptions& supervised, const Grid& grid, double weight,
                         BatchLoss& loss);

/// The one that `config.objective` names.
std::unique_ptr<Objective> make_objective(const ObjectiveContext& context);

}  // namespace saccade
