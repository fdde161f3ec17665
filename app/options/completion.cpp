#include <string>

#include "commands.h"
#include "reference.h"

namespace saccade::app {

Arguments completion_command() {
  Arguments arguments(
      "completion", "completion SHELL",
      "Print a script that completes command lines in a shell.\n\n"
      "An installed Saccade has the scripts where bash, zsh and fish look for them.",
      "source <(saccade completion bash)");
  arguments.add()("shell", joined(shell_names(), ", "), cxxopts::value<std::string>(), "SHELL");
  arguments.choices("shell", shell_names());
  arguments.positional("shell");
  return arguments;
}

void check_completion(const Arguments& arguments) {
  if (!arguments.has("shell")) {
    throw UsageError("completion: missing SHELL, one of " + joined(shell_names(), ", "));
  }
  completion_script(arguments.get<std::string>("shell"));
}

}  // namespace saccade::app
