// The `saccade` program: a table of commands and the one place where errors become exit codes.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "saccade/text/error_text.h"

#include "command.h"
#include "phrases.h"
#include "process.h"

namespace saccade::app {
namespace {

struct Command {
  const char* name;
  int (*run)(int argc, const char* const* argv);
  const char* summary;
};

constexpr Command kCommands[] = {
    {"caption", run_caption, "caption photographs"},
    {"batch", run_batch, "caption every photograph of a folder or a list, into a file"},
    {"heatmap", run_heatmap, "show word by word where the model looked"},
    {"score", run_score, "say how likely a given sentence is, word by word"},
    {"diagnose", run_diagnose, "say which words of a caption were seen and which are doubtful"},
    {"train", run_train, "train a model on captioned photographs"},
    {"evaluate", run_evaluate, "caption a split of a data set and score it"},
    {"metrics", run_metrics, "score any captions: BLEU, ROUGE-L, CIDEr-D, METEOR-wn"},
    {"phrases", run_phrases, "say where in photographs is what captions name, from labelled boxes"},
    {"model", run_model, "inspect, verify and import models"},
    {"doctor", run_doctor, "what this machine makes of the program, and what to change"},
};

void print_usage(std::ostream& out) {
  out << "Saccade captions photographs and shows, word by word, where the model looked.\n\n"
         "Usage: saccade COMMAND [options]\n\nCommands:\n";
  for (const Command& command : kCommands) {
    out << "  " << command.name << std::string(12 - std::strlen(command.name), ' ')
        << command.summary << '\n';
  }
  out << "\n`saccade COMMAND --help` explains a command and gives an example.\n"
         "Exit codes: 0 done, 1 failed, 2 wrong usage.\n";
}

int run(int argc, const char* const* argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") {
    print_usage(std::cout);
    return 0;
  }
  if (name == "--version") {
    std::cout << "saccade " << SACCADE_VERSION << '\n';
    return 0;
  }
  if (name.empty()) {
    print_usage(std::cerr);
    return 2;
  }
  for (const Command& command : kCommands) {
    if (name == command.name) return command.run(argc - 1, argv + 1);
  }
  throw UsageError("there is no command \"" + name + "\"; `saccade --help` lists them");
}

}  // namespace
}  // namespace saccade::app

int main(int argc, char** argv) {
  using namespace saccade::app;
  prepare_process();
  try {
    const int code = run(argc, argv);
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("standard output: cannot be written");
    return code;
  } catch (const std::invalid_argument& error) {  // a UsageError among them
    std::cerr << "saccade: " << error.what() << '\n';
    return 2;
  } catch (...) {
    std::cerr << "saccade: " << saccade::current_error_text() << '\n';
    return 1;
  }
}
