#pragma once

#include <vector>

#include "saccade/training/mixture.h"

#include "arguments.h"

namespace saccade::app {

/// The data sets that the options name (see mixture_options), listed.
/// @throws std::runtime_error as list_dataset does
std::vector<MixtureSource> mixture_sources(const Arguments& arguments);

}  // namespace saccade::app
