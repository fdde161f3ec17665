#pragma once

#include "arguments.h"

namespace saccade::app {

/// `saccade phrases`; the launcher runs it. @return the exit code
int run_phrases(const Arguments& arguments);

}  // namespace saccade::app
