#pragma once

#include <string>

#include "saccade/image/image.h"

#include "arguments.h"

namespace saccade::app {

/// The load options from the options of add_photograph_options. Sets the decode memory limit of the
/// whole process.
LoadOptions load_options(const Arguments& arguments);

/// Calls load_image and prints a warning about the file to stderr.
Image load_photograph(const std::string& path, const LoadOptions& options);

}  // namespace saccade::app
