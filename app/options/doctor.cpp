#include "options/options.h"

namespace saccade::app {

Arguments doctor_command() {
  Arguments arguments("doctor", "doctor",
                      "Tells what this machine offers, measures it, and says what to change.",
                      "saccade doctor");
  arguments.add()("json", "one JSON object");
  arguments.add_threads_option();
  return arguments;
}

void check_doctor(const Arguments&) {}

}  // namespace saccade::app
