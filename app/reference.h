#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace saccade::app {

// Manual pages and completions for shells, from the options of all commands.

/// The name of a command's manual page: "saccade-model-inspect".
std::string command_page(const Command& command);
/// The manual page of a command as roff.
/// @param date  of the page, as YYYY-MM-DD
std::string manual_page(const Command& command, const std::string& date);
/// The page saccade(1), which lists the commands.
std::string main_manual_page(const std::string& date);

/// The shells that completion_script knows.
std::vector<std::string> shell_names();
/// A script that makes a shell complete commands, options, their values and files.
/// @throws UsageError for an unknown shell
std::string completion_script(const std::string& shell);

}  // namespace saccade::app
