// The `saccade-engine` program, which links LibTorch. The launcher starts it with its own
// arguments.

#include <map>
#include <stdexcept>
#include <string>

#include "commands.h"
#include "process.h"
#include "program.h"

int main(int argc, char** argv) {
  using namespace saccade::app;
  prepare_process();
  return run_program(argc, argv, [](const Command& command, const Arguments& arguments) {
    static const std::map<std::string, int (*)(const Arguments&)> kRuns{
        {"caption", run_caption},
        {"batch", run_batch},
        {"heatmap", run_heatmap},
        {"score", run_score},
        {"diagnose", run_diagnose},
        {"serve", run_serve},
        {"train", run_train},
        {"evaluate", run_evaluate},
        {"model inspect", run_model_inspect},
        {"model verify", run_model_verify},
        {"model import-encoder", run_model_import_encoder},
        {"model average", run_model_average},
        {"model health", run_model_health},
        {"model calibrate", run_model_calibrate},
        {"model fit-verdicts", run_model_fit_verdicts},
        {"doctor", run_doctor},
    };
    const auto run = kRuns.find(command.name);
    if (run == kRuns.end()) {
      throw std::runtime_error(std::string(command.name) +
                               ": the engine does not run this command; run `saccade " +
                               command.name + "`");
    }
    return run->second(arguments);
  });
}
