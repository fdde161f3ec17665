#pragma once

#include "arguments.h"

namespace saccade::app {

// One function per command of the engine, each in a file of its own. They fill the library's option
// structs from the options, call the library and print; results go to stdout, everything else to
// stderr. The options were read and checked (command.h). The returned number is the exit code: 0
// done, 1 failed.
int run_caption(const Arguments& arguments);
int run_batch(const Arguments& arguments);
int run_heatmap(const Arguments& arguments);
int run_score(const Arguments& arguments);
int run_diagnose(const Arguments& arguments);
int run_train(const Arguments& arguments);
int run_evaluate(const Arguments& arguments);
int run_model_inspect(const Arguments& arguments);
int run_model_verify(const Arguments& arguments);
int run_model_import_encoder(const Arguments& arguments);
int run_model_average(const Arguments& arguments);
int run_model_health(const Arguments& arguments);
int run_model_calibrate(const Arguments& arguments);
int run_model_fit_verdicts(const Arguments& arguments);
int run_doctor(const Arguments& arguments);

}  // namespace saccade::app
