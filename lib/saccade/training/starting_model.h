#pragma once

#include "saccade/model/bundle/bundle.h"
#include "saccade/training/trainer.h"

namespace saccade {

/// The initial model of a run, on the run's device: the run's start bundle, or the run's encoder
/// with a new decoder, initialized from the config's seed, for the vocabulary of the training
/// captions. All parameters require gradients, except those of permanently frozen encoder layers.
/// @throws std::runtime_error if no word occurs min_count times; std::invalid_argument for an
///         encoder layer that does not exist.
Bundle starting_model(const TrainingRun& run);

}  // namespace saccade
