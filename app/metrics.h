#pragma once

#include "arguments.h"

namespace saccade::app {

/// `saccade metrics`; the launcher runs it. @return the exit code
int run_metrics(const Arguments& arguments);

}  // namespace saccade::app
