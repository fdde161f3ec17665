#pragma once

#include <string>

#include "saccade/image/image.h"

#include "arguments.h"

namespace saccade::app {

/// What the options of add_photograph_options ask for; the memory for decoding is set for the whole
/// process.
LoadOptions load_options(const Arguments& arguments);

/// load_image; a warning about the file goes to standard error.
Image load_photograph(const std::string& path, const LoadOptions& options);

}  // namespace saccade::app
