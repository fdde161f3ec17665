#pragma once

#include <functional>
#include <vector>

#include "arguments.h"

namespace saccade::app {

/// The model-independent part of a command: its line in `saccade --help`, its options, and the
/// checks to make before anything is loaded. The launcher and the engine share the table.
struct Command {
  const char* name;      ///< "caption", or "model inspect" for a sub-command
  const char* operands;  ///< of a sub-command, for the list: "MODEL|FILE"
  const char* summary;   ///< for the list, in the imperative, lower case
  Arguments (*options)();
  void (*check)(const Arguments& arguments);  ///< throws UsageError
};

/// The summary of the sub-commands "model …" together.
extern const char* const kModelSummary;

/// All commands, in the order of the list.
const std::vector<Command>& commands();

/// Runs a command whose options are parsed and checked. @return the exit code
using Runner = std::function<int(const Command& command, const Arguments& arguments)>;

/// The shared main function of the launcher and the engine. Answers --help and --version, finds the
/// command, parses and checks its options, calls `run`, and prints exceptions to stderr.
/// @return the exit code: 0 success, 1 failure, 2 invalid command line, 3 some of several images
///         failed
int run_program(int argc, const char* const* argv, const Runner& run);

}  // namespace saccade::app
