// The `saccade` program. It runs the commands that need no model itself, in milliseconds, and
// starts the engine, which loads LibTorch, for the others.

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "commands.h"
#include "program.h"
#include "training_settings.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// Replaces this process by the engine, with the same arguments, environment and open files.
[[noreturn]] void become_engine(char** argv) {
  const fs::path engine =
      (fs::canonical("/proc/self/exe").parent_path() / SACCADE_ENGINE).lexically_normal();
  ::execv(engine.c_str(), argv);
  throw std::runtime_error(engine.string() + ": cannot start the program that runs models (" +
                           std::strerror(errno) +
                           "); install all of Saccade with `cmake --install`");
}

}  // namespace
}  // namespace saccade::app

int main(int argc, char** argv) {
  using namespace saccade::app;
  return run_program(argc, argv, [&](const Command& command, const Arguments& arguments) -> int {
    const std::string name = command.name;
    if (name == "completion") return run_completion(arguments);
    if (name == "metrics") return run_metrics(arguments);
    if (name == "merge") return run_merge(arguments);
    if (name == "phrases") return run_phrases(arguments);
    if (name == "train" && arguments.has("settings")) return print_training_settings(arguments);
    become_engine(argv);
  });
}
