#include "program.h"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <stdexcept>
#include <string>

#include "saccade/io/error_text.h"
#include "saccade/io/unicode.h"

#include "commands.h"

namespace saccade::app {
namespace {

// The first word of the sub-commands. `saccade --help` lists them as one command.
const std::string kModel = "model";

bool is_of_model(const Command& command) {
  return std::string(command.name).rfind(kModel + " ", 0) == 0;
}

bool asks_for_help(const std::string& word) {
  return word == "--help" || word == "-h" || word == "help";
}

void print_line(std::ostream& out, const std::string& name, std::size_t width,
                const std::string& summary) {
  out << "  " << name << std::string(width - name.size(), ' ') << summary << '\n';
}

void print_usage(std::ostream& out) {
  constexpr std::size_t kWidth = 12;
  out << "Saccade captions images and shows, word by word, where the model looked.\n\n"
         "Usage: saccade COMMAND [options]\n\nCommands:\n";
  bool listed = false;  // whether `model` has its line, at its first sub-command
  for (const Command& command : commands()) {
    if (!is_of_model(command)) {
      print_line(out, command.name, kWidth, command.summary);
    } else if (!listed) {
      print_line(out, kModel, kWidth, kModelSummary);
      listed = true;
    }
  }
  out << "\n`saccade COMMAND --help` shows the options of a command and an example.\n"
         "Exit codes: 0 success, 1 failure, 2 invalid command line, 3 some of several images "
         "failed.\n";
}

void print_model_usage(std::ostream& out) {
  constexpr std::size_t kWidth = 22;
  out << "Inspect, check, import, average and calibrate models.\n\nUsage: saccade model SUBCOMMAND "
         "[options]\n\n";
  for (const Command& command : commands()) {
    if (!is_of_model(command)) continue;
    const std::string name = std::string(command.name).substr(kModel.size() + 1);
    // "…" has three bytes but takes one column.
    const std::string operands = command.operands;
    const std::size_t wide = operands.find("…") == std::string::npos ? 0 : 2;
    print_line(out, name + " " + operands, kWidth + wide, command.summary);
  }
  out << "\n`saccade model SUBCOMMAND --help` shows the options and an example.\n";
}

int run_command(const std::string& name, int argc, const char* const* argv, const Runner& run) {
  const auto& all = commands();
  const auto command =
      std::find_if(all.begin(), all.end(), [&](const Command& one) { return name == one.name; });
  if (command == all.end()) {
    throw UsageError("unknown command \"" + name + "\"; `saccade --help` lists all commands");
  }
  Arguments arguments = command->options();
  if (!arguments.parse(argc, argv)) return 0;
  command->check(arguments);
  return run(*command, arguments);
}

int run_model_command(int argc, const char* const* argv, const Runner& run) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (asks_for_help(name)) {
    print_model_usage(std::cout);
    return 0;
  }
  const auto& all = commands();
  const std::string full = kModel + " " + name;
  if (std::none_of(all.begin(), all.end(), [&](const Command& one) { return full == one.name; })) {
    throw UsageError((name.empty() ? "model: missing sub-command"
                                   : "model: unknown sub-command \"" + name + "\"") +
                     std::string("; `saccade model --help` lists all sub-commands"));
  }
  return run_command(full, argc - 1, argv + 1, run);
}

int run_line(int argc, const char* const* argv, const Runner& run) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (asks_for_help(name)) {
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
  if (name == kModel) return run_model_command(argc - 1, argv + 1, run);
  return run_command(name, argc - 1, argv + 1, run);
}

}  // namespace

const char* const kModelSummary = "inspect, check, import, average and calibrate models";

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"caption", "", "print captions of images", caption_command, check_caption},
      {"batch", "", "caption every image of a folder or list, into a file", batch_command,
       check_batch},
      {"merge", "", "join the outputs of batch runs over shards", merge_command, check_merge},
      {"heatmap", "", "show, word by word, where the model looked", heatmap_command, check_heatmap},
      {"score", "", "score a given sentence, word by word", score_command, check_score},
      {"diagnose", "", "test which words of a caption come from the image", diagnose_command,
       check_diagnose},
      {"serve", "", "show a page in the browser and answer HTTP requests", serve_command,
       check_serve},
      {"train", "", "train a model on captioned images", train_command, check_train},
      {"evaluate", "", "caption a split of a data set and score it", evaluate_command,
       check_evaluate},
      {"metrics", "", "score captions: BLEU, ROUGE-L, CIDEr-D, METEOR-wn", metrics_command,
       check_metrics},
      {"phrases", "", "link words of captions to labelled boxes", phrases_command, check_phrases},
      {"model inspect", "MODEL|FILE", "show what a model contains", model_inspect_command,
       check_model_inspect},
      {"model verify", "MODEL", "check that a model is valid", model_verify_command,
       check_model_verify},
      {"model import-encoder", "FILE", "convert an encoder's pretrained weights",
       model_import_encoder_command, check_model_import_encoder},
      {"model average", "MODEL…", "average the weights of several models", model_average_command,
       check_model_average},
      {"model health", "MODEL", "measure a model's attention over many images",
       model_health_command, check_model_health},
      {"model calibrate", "MODEL", "fit a model's confidence to human captions",
       model_calibrate_command, check_model_calibrate},
      {"model fit-verdicts", "MODEL", "fit the verdicts of `saccade diagnose` to a model",
       model_fit_verdicts_command, check_model_fit_verdicts},
      {"doctor", "", "report what this machine offers and what to improve", doctor_command,
       check_doctor},
      {"completion", "", "print a script that completes command lines in a shell",
       completion_command, check_completion},
  };
  return kCommands;
}

int run_program(int argc, const char* const* argv, const Runner& run) {
  try {
    const int code = run_line(argc, argv, run);
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("cannot write to standard output");
    return code;
  } catch (const std::invalid_argument& error) {  // includes UsageError
    std::cerr << "saccade: " << one_line(error.what()) << '\n';
    return 2;
  } catch (...) {
    std::cerr << "saccade: " << current_error_text() << '\n';
    return 1;
  }
}

}  // namespace saccade::app
