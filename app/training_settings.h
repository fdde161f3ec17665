#pragma once

#include "saccade/training/training_config.h"

#include "arguments.h"

namespace saccade::app {

/// --config, --set and --settings.
void add_training_settings(Arguments& arguments);

/// The defaults, over them those of --config, over these each --set.
/// @throws std::runtime_error naming the file and the line
/// @throws UsageError naming the --set
TrainingConfig training_settings(const Arguments& arguments);

/// `train --settings`: prints every setting, its value as the options say it, and what it means.
/// @return the exit code
int print_training_settings(const Arguments& arguments);

}  // namespace saccade::app
