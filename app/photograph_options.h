#pragma once

#include "arguments.h"

namespace saccade::app {

/// --frame, --allow-truncated, --decode-memory: added by the commands that read photographs.
void add_photograph_options(Arguments& arguments);

/// The formats that are read, for the help of a command.
extern const char* const kFormatsRead;

}  // namespace saccade::app
