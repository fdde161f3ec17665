#pragma once

#include "saccade/model/bundle/bundle.h"
#include "saccade/training/trainer.h"

namespace saccade {

/// The model that a run begins with, on the run's device: the bundle that it goes on from, or a
/// fresh decoder, drawn by the config's seed, over the run's encoder and the words of its captions.
/// Its parameters have gradients, without those of the encoder that stay frozen throughout.
/// @throws std::runtime_error where the captions hold no word, std::invalid_argument for a stage to
///         freeze that the encoder has not.
Bundle starting_model(const TrainingRun& run);

}  // namespace saccade
