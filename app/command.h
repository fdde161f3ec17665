#pragma once

#include <stdexcept>

namespace saccade::app {

/// Thrown for a command line that cannot be understood: exit code 2.
struct UsageError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// One function per command, each in a file of its own. They parse, fill the library's option
// structs, call the library and print; results go to stdout, everything else to stderr. The
// returned number is the exit code: 0 done, 1 failed. argv[0] is the command's name.
int run_caption(int argc, const char* const* argv);
int run_batch(int argc, const char* const* argv);
int run_heatmap(int argc, const char* const* argv);
int run_score(int argc, const char* const* argv);
int run_diagnose(int argc, const char* const* argv);
int run_train(int argc, const char* const* argv);
int run_evaluate(int argc, const char* const* argv);
int run_metrics(int argc, const char* const* argv);
int run_model(int argc, const char* const* argv);
int run_model_import_encoder(int argc, const char* const* argv);
int run_model_average(int argc, const char* const* argv);
int run_model_fit_verdicts(int argc, const char* const* argv);

int run_doctor(int argc, const char* const* argv);

}  // namespace saccade::app
