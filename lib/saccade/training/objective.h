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

/// An additional loss of a batch or of a part of it: the mean over some of its items.
struct LossTerm {
  at::Tensor loss;                                  ///< a scalar; undefined if there are no items
  double items = 0;                                 ///< their number, or the sum of their weights
  nlohmann::json parts = nlohmann::json::object();  ///< numbers for the log, means over the items
};

/// The loss of a batch or of a part of it.
struct BatchLoss {
  /// A scalar to minimize, the mean over the words of the captions; undefined without captions.
  at::Tensor loss;
  at::Tensor loss_of_captions;  ///< an additional loss, the mean over the captions; or undefined
  nlohmann::json parts;         ///< numbers for the log: cross_entropy, reward, coverage, …
  double shown = 0;  ///< the number on the progress bar: cross entropy per word, or reward
  std::int64_t words = 0, captions = 0;
  LossTerm supervised;  ///< over words with supervised attention, weighted
  /// Over the words of the noun phrases of labels. A batch's loss is the mean over these words and
  /// those of the captions together.
  LossTerm phrases;
  LossTerm labels;  ///< over labels: their presence
};

/// What an objective needs to compute losses.
struct ObjectiveContext {
  TrainingConfig config;
  Decoder decoder{nullptr};
  const Vocabulary* vocabulary = nullptr;
  const Dataset* train = nullptr;
  at::ScalarType matrix_type = at::kFloat;
};

/// A training objective: computes a loss from features and captions. The seed determines all
/// randomness.
class Objective {
 public:
  virtual ~Objective() = default;
  /// Computes the loss of a batch or a part of it. Called from several threads concurrently.
  /// @param progress  of the whole run, 0…1
  /// @param seed      of this part of this batch
  virtual BatchLoss operator()(const Features& features, const TrainingBatch& batch,
                               double progress, std::uint64_t seed) const = 0;
  /// Called after each batch with the means of its `parts`.
  virtual void seen(const nlohmann::json& /*parts*/) {}
  /// The state to store in a checkpoint.
  virtual nlohmann::json state() const { return nlohmann::json::object(); }
  virtual void restore(const nlohmann::json&) {}
};

/// Cross entropy under teacher forcing, plus what the config adds: the coverage term, scheduled
/// sampling, supervised attention, and REINFORCE for hard attention.
std::unique_ptr<Objective> teacher_forcing(const ObjectiveContext& context);
/// Self-critical sequence training (Rennie et al. 2017).
std::unique_ptr<Objective> self_critical(const ObjectiveContext& context);

/// Adds the losses of images with labels to an objective for the images with captions: the cross
/// entropy of noun phrases, and the presence of the labels in the model's own captions (see
/// LabelConfig).
std::unique_ptr<Objective> with_labels(std::unique_ptr<Objective> captions,
                                       const ObjectiveContext& context);

/// Adds λ times the loss of supervised attention (attention_supervision.h) to a batch's loss.
/// @param alphas  per step, as in Unrolled
/// @param words   the captions of that pass, whose `given` indexes `supervised`
/// @param weight  λ
void supervise_attention(const std::vector<at::Tensor>& alphas, const WordBatch& words,
                         const SupervisedCaptions& supervised, const Grid& grid, double weight,
                         BatchLoss& loss);

/// The objective named by `config.objective`, with_labels.
std::unique_ptr<Objective> make_objective(const ObjectiveContext& context);

}  // namespace saccade
