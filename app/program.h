#pragma once

#include <functional>

#include "command.h"

namespace saccade::app {

/// Runs a command whose options were read and checked. @return the exit code
using Runner = std::function<int(const Command& command, const Arguments& arguments)>;

/// What main() does in the launcher and in the engine alike: answers --help and --version, finds
/// the command, reads its options, has it run, and turns every exception into a sentence on stderr.
/// @return the exit code: 0 done, 1 failed, 2 wrong usage
int run_program(int argc, const char* const* argv, const Runner& run);

}  // namespace saccade::app
