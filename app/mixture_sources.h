#pragma once

#include <vector>

#include "saccade/training/mixture.h"

#include "arguments.h"

namespace saccade::app {

/// Lists the data sets of the options (see mixture_options).
/// @throws UsageError as mixture_options does, std::runtime_error as list_dataset does
std::vector<MixtureSource> mixture_sources(const Arguments& arguments);

}  // namespace saccade::app
