#pragma once

#include "saccade/training/training_config.h"

#include "arguments.h"

namespace saccade::app {

/// --config, --set and --settings.
void add_training_settings(Arguments& arguments);

/// The default settings, overridden by --config, overridden by each --set.
/// @throws std::runtime_error for a bad --config, with file and line
/// @throws UsageError for a bad --set
TrainingConfig training_settings(const Arguments& arguments);

/// `train --settings`: prints every setting with its value and meaning.
/// @return the exit code
int print_training_settings(const Arguments& arguments);

}  // namespace saccade::app
