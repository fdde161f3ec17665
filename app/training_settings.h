#pragma once

#include <string>

#include "saccade/training/training_config.h"

#include "arguments.h"

namespace saccade::app {

/// --config, --set and --settings.
void add_training_settings(Arguments& arguments);

/// The defaults, over them those of --config, over these each --set.
/// @throws std::runtime_error naming the file and the line
/// @throws UsageError naming the --set
TrainingConfig training_settings(const Arguments& arguments);

/// Every setting: its name, its value in `config`, and what it means.
std::string describe_settings(const TrainingConfig& config);

}  // namespace saccade::app
