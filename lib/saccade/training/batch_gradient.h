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

/// What a batch's loss was.
struct BatchFigures {
  double loss = 0;                                  ///< that is minimized
  double shown = 0;                                 ///< as in BatchLoss, the mean over the batch
  nlohmann::json parts = nlohmann::json::object();  ///< as in BatchLoss, the means over the batch
  std::int64_t words = 0;
};

/// The loss of some of a batch's images. Called by several threads at once.
/// @param part  which of the batch's parts they are, 0…
using PartLoss = std::function<BatchLoss(const TrainingBatch& images, std::int64_t part)>;

/// As many parts as LibTorch may use threads, but none of less than eight images: smaller matrices
/// would cost more than waiting for one another after every operator.
std::int64_t parts_of(const TrainingBatch& batch);

/// Adds the gradient of a batch's loss to each parameter's `grad`. The batch is taken in parts, a
/// thread for each, whose gradients add up to that of the whole; they are summed in the parts'
/// order, so that a run comes out the same however the threads went.
/// @param parts       ≥ 1 and at most the number of images
/// @param weight      of the whole batch's loss
/// @param processes   whose words and captions count too: the mean of all their gradients is the
///                    gradient of the loss over all
BatchFigures add_gradient(const TrainingBatch& batch, std::int64_t parts, const PartLoss& loss,
                          const std::vector<at::Tensor>& parameters, double weight,
                          ProcessGroup& processes);

}  // namespace saccade
