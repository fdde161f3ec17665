#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "saccade/training/batch_loader.h"
#include "saccade/training/objective.h"
#include "saccade/training/process_group.h"

namespace saccade {

/// The loss and the statistics of a batch.
struct BatchFigures {
  double loss = 0;                                  ///< the minimized loss
  double shown = 0;                                 ///< as in BatchLoss, averaged over the batch
  nlohmann::json parts = nlohmann::json::object();  ///< as in BatchLoss, averaged over the batch
  std::int64_t words = 0;                           ///< of the captions; 0: `shown` means nothing
  std::int64_t phrase_words = 0;                    ///< of the noun phrases of labels
};

/// Computes the loss of a part of a batch. Called from several threads concurrently.
/// @param part  the index of the part, from 0
using PartLoss = std::function<BatchLoss(const TrainingBatch& images, std::int64_t part)>;

/// The number of parts of a batch: the number of LibTorch threads, but with at least eight images
/// per part. Smaller matrices would cost more than the synchronization of threads.
std::int64_t parts_of(const TrainingBatch& batch);

/// Adds the gradient of a batch's loss to each parameter's `grad`. The batch is split into parts,
/// one thread per part, whose gradients add up to the gradient of the batch. They are summed in the
/// order of the parts, so that the result does not depend on thread timing.
/// @param parts       ≥ 1 and at most the number of images
/// @param weight      of the whole batch's loss
/// @param processes   scales the loss by the words and captions of all processes, so that the mean
///                    of the processes' gradients is the gradient of the common loss
BatchFigures add_gradient(const TrainingBatch& batch, std::int64_t parts, const PartLoss& loss,
                          const std::vector<at::Tensor>& parameters, double weight,
                          ProcessGroup& processes);

}  // namespace saccade
