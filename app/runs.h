#pragma once

#include "arguments.h"

namespace saccade::app {

// One function per command of the engine, in one file each. It fills the library's option structs
// from the parsed and checked options (command.h), calls the library and prints results to stdout
// and everything else to stderr. Each returns the exit code: 0 success, 1 failure.
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
