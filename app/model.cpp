// `saccade model`: looks into models without running them.

#include <filesystem>
#include <iostream>
#include <string>

#include "saccade/model/bundle.h"

#include "arguments.h"
#include "command.h"
#include "default_model.h"
#include "model_health.h"
#include "model_report.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

struct SubCommand {
  const char* name;
  int (*run)(int argc, const char* const* argv);
  const char* usage;
  const char* summary;
};

/// The one path that a sub-command takes.
fs::path required_path(const Arguments& arguments, const std::string& command) {
  if (!arguments.has("path")) {
    throw UsageError(command + ": name a model; `saccade " + command + " --help` gives an example");
  }
  return find_model(arguments.get<std::string>("path"));
}

int run_inspect(int argc, const char* const* argv) {
  Arguments arguments("model inspect", "model inspect DIR|FILE",
                      "Says what a model, or a safetensors file, is made of.",
                      "saccade model inspect default");
  arguments.add()("path", "a bundle, its name, or a .safetensors file",
                  cxxopts::value<std::string>())("json", "as one JSON object");
  arguments.positional("path");
  if (!arguments.parse(argc, argv)) return 0;
  const fs::path path = required_path(arguments, "model inspect");
  const auto report = fs::is_directory(path) ? report_on_bundle(path) : report_on_tensors(path);
  if (arguments.has("json")) {
    std::cout << report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << '\n';
  } else {
    print_report(report, std::cout);
  }
  return 0;
}

int run_verify(int argc, const char* const* argv) {
  Arguments arguments("model verify", "model verify DIR",
                      "Checks all of a bundle: files, hashes, shapes, finite weights, model card.",
                      "saccade model verify models/default");
  arguments.add()("path", "a bundle or its name", cxxopts::value<std::string>());
  arguments.positional("path");
  if (!arguments.parse(argc, argv)) return 0;
  const fs::path path = required_path(arguments, "model verify");
  verify_bundle(path);
  std::cout << path.string() << ": sound\n";
  return 0;
}

constexpr SubCommand kSubCommands[] = {
    {"inspect", run_inspect, "inspect DIR|FILE", "what a model is made of; --json for programs"},
    {"verify", run_verify, "verify DIR", "whether a model is sound"},
    {"import-encoder", run_model_import_encoder, "import-encoder FILE",
     "an encoder's weights from torchvision"},
    {"average", run_model_average, "average DIR…", "one model of the mean weights of several"},
    {"health", run_model_health, "health DIR",
     "what a model's attention does over many photographs"},
    {"fit-verdicts", run_model_fit_verdicts, "fit-verdicts DIR",
     "fit the verdicts of `saccade diagnose` to a model"},
};

void print_usage(std::ostream& out) {
  out << "Inspect, verify, import and examine models.\n\nUsage: saccade model SUBCOMMAND "
         "[options]\n\n";
  for (const auto& sub : kSubCommands) {
    const std::string usage = sub.usage;
    out << "  " << usage << std::string(22 - usage.size(), ' ') << sub.summary << '\n';
  }
  out << "\n`saccade model SUBCOMMAND --help` explains one and gives an example.\n";
}

}  // namespace

int run_model(int argc, const char* const* argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h") {
    print_usage(std::cout);
    return 0;
  }
  for (const auto& sub : kSubCommands) {
    if (name == sub.name) return sub.run(argc - 1, argv + 1);
  }
  throw UsageError(
      (name.empty() ? "model: name a sub-command" : "model has no sub-command \"" + name + "\"") +
      std::string("; `saccade model --help` lists them"));
}

}  // namespace saccade::app
