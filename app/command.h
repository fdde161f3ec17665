#pragma once

#include <vector>

#include "arguments.h"

namespace saccade::app {

/// A command as far as it needs no model: its line in `saccade --help`, its options, and what can
/// be known to be wrong before anything is loaded. The launcher and the engine share the table.
struct Command {
  const char* name;      ///< "caption"; of a sub-command "model inspect"
  const char* operands;  ///< of a sub-command, as its list shows them: "DIR|FILE"
  const char* summary;
  Arguments (*options)();
  void (*check)(const Arguments& arguments);  ///< throws UsageError
};

/// All commands, in the order in which they are listed.
const std::vector<Command>& commands();

}  // namespace saccade::app
