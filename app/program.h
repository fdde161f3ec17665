#pragma once

#include <functional>

#include "command.h"

namespace saccade::app {

/// Runs a command whose options are parsed and checked. @return the exit code
using Runner = std::function<int(const Command& command, const Arguments& arguments)>;

/// The shared main function of the launcher and the engine. Answers --help and --version, finds the
/// command, parses and checks its options, calls `run`, and prints exceptions to stderr.
/// @return the exit code: 0 success, 1 failure, 2 invalid command line
int run_program(int argc, const char* const* argv, const Runner& run);

}  // namespace saccade::app
