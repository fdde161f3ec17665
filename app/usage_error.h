#pragma once

#include <stdexcept>

namespace saccade::app {

/// Thrown for a command line that cannot be understood: exit code 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace saccade::app
