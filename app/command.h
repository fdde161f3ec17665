#pragma once

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

/// All commands, in the order of the list.
const std::vector<Command>& commands();

}  // namespace saccade::app
