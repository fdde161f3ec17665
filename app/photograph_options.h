#pragma once

#include "arguments.h"

namespace saccade::app {

/// --frame, --allow-truncated and --decode-memory, for commands that read images.
void add_photograph_options(Arguments& arguments);

/// The supported image formats, for the help of a command.
extern const char* const kFormatsRead;

}  // namespace saccade::app
