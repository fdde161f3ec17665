#pragma once

#include "arguments.h"

namespace saccade::app {

/// `saccade metrics`: needs no model, so the launcher runs it. @return the exit code
int run_metrics(const Arguments& arguments);

}  // namespace saccade::app
