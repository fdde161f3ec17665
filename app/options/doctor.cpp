#include "commands.h"

namespace saccade::app {

Arguments doctor_command() {
  Arguments arguments(
      "doctor", "doctor",
      "Report what this machine offers, measure its speed, and suggest improvements.",
      "saccade doctor");
  arguments.add()("json", "print one JSON object");
  arguments.add_threads_option();
  return arguments;
}

void check_doctor(const Arguments&) {}

}  // namespace saccade::app
