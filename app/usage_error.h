#pragma once

#include <stdexcept>

namespace saccade::app {

/// Thrown for an invalid command line: exit code 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace saccade::app
