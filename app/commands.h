#pragma once

#include "arguments.h"

namespace saccade::app {

// Three functions per command. NAME_command() declares the options, and check_NAME() checks the
// parsed values and throws UsageError; both are in options/NAME.cpp and need neither LibTorch nor
// OpenCV. run_NAME(), in NAME.cpp, fills the library's option structs from the checked options,
// calls the library and prints results to stdout and everything else to stderr. It returns the exit
// code: 0 success, 1 failure, 3 some of several images failed. The launcher runs `completion`,
// `merge`, `metrics` and `phrases`, the engine all others.

Arguments caption_command();
void check_caption(const Arguments& arguments);
int run_caption(const Arguments& arguments);

Arguments batch_command();
void check_batch(const Arguments& arguments);
int run_batch(const Arguments& arguments);

Arguments merge_command();
void check_merge(const Arguments& arguments);
int run_merge(const Arguments& arguments);

Arguments heatmap_command();
void check_heatmap(const Arguments& arguments);
int run_heatmap(const Arguments& arguments);

Arguments score_command();
void check_score(const Arguments& arguments);
int run_score(const Arguments& arguments);

Arguments diagnose_command();
void check_diagnose(const Arguments& arguments);
int run_diagnose(const Arguments& arguments);

Arguments serve_command();
void check_serve(const Arguments& arguments);
int run_serve(const Arguments& arguments);

Arguments train_command();
void check_train(const Arguments& arguments);
int run_train(const Arguments& arguments);

Arguments evaluate_command();
void check_evaluate(const Arguments& arguments);
int run_evaluate(const Arguments& arguments);

Arguments metrics_command();
void check_metrics(const Arguments& arguments);
int run_metrics(const Arguments& arguments);

Arguments phrases_command();
void check_phrases(const Arguments& arguments);
int run_phrases(const Arguments& arguments);

Arguments model_inspect_command();
void check_model_inspect(const Arguments& arguments);
int run_model_inspect(const Arguments& arguments);

Arguments model_verify_command();
void check_model_verify(const Arguments& arguments);
int run_model_verify(const Arguments& arguments);

Arguments model_import_encoder_command();
void check_model_import_encoder(const Arguments& arguments);
int run_model_import_encoder(const Arguments& arguments);

Arguments model_average_command();
void check_model_average(const Arguments& arguments);
int run_model_average(const Arguments& arguments);

Arguments model_health_command();
void check_model_health(const Arguments& arguments);
int run_model_health(const Arguments& arguments);

Arguments model_calibrate_command();
void check_model_calibrate(const Arguments& arguments);
int run_model_calibrate(const Arguments& arguments);

Arguments model_fit_verdicts_command();
void check_model_fit_verdicts(const Arguments& arguments);
int run_model_fit_verdicts(const Arguments& arguments);

Arguments completion_command();
void check_completion(const Arguments& arguments);
int run_completion(const Arguments& arguments);

Arguments doctor_command();
void check_doctor(const Arguments& arguments);
int run_doctor(const Arguments& arguments);

}  // namespace saccade::app
