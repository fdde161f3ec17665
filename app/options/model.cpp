#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dataset_options.h"
#include "map_option.h"
#include "options/options.h"
#include "word_kinds.h"

namespace saccade::app {
namespace {

/// The one path that a sub-command takes.
void require_path(const Arguments& arguments, const std::string& command) {
  if (!arguments.has("path")) {
    throw UsageError(command + ": name a model; `saccade " + command + " --help` gives an example");
  }
}

/// The options that `command` cannot do without.
void require(const Arguments& arguments, const std::string& command,
             const std::vector<std::string>& options) {
  for (const std::string& option : options) {
    if (!arguments.has(option)) throw UsageError(command + ": --" + option + " is missing");
  }
}

}  // namespace

Arguments model_inspect_command() {
  Arguments arguments("model inspect", "model inspect DIR|FILE",
                      "Says what a model, or a safetensors file, is made of.",
                      "saccade model inspect default");
  arguments.add()("path", "a bundle, its name, or a .safetensors file",
                  cxxopts::value<std::string>())("json", "as one JSON object");
  arguments.positional("path");
  return arguments;
}

void check_model_inspect(const Arguments& arguments) { require_path(arguments, "model inspect"); }

Arguments model_verify_command() {
  Arguments arguments("model verify", "model verify DIR",
                      "Checks all of a bundle: files, hashes, shapes, finite weights, model card.",
                      "saccade model verify models/default");
  arguments.add()("path", "a bundle or its name", cxxopts::value<std::string>());
  arguments.positional("path");
  return arguments;
}

void check_model_verify(const Arguments& arguments) { require_path(arguments, "model verify"); }

Arguments model_import_encoder_command() {
  Arguments arguments(
      "model import-encoder", "model import-encoder FILE --architecture NAME --output FILE",
      "Takes an encoder's weights from a .pth or a .safetensors for `saccade train --encoder`. The "
      "names of the weights are those of torchvision's state dicts; for efficientnet_lite0, with "
      "its "
      "batch norms folded, they are stem, blocks.I.expand, blocks.I.depthwise, blocks.I.project "
      "and "
      "head.",
      "saccade model import-encoder resnet50-0676ba61.pth --architecture resnet50 --fold \\\n"
      "    --output resnet50.safetensors");
  arguments.add()("file", "a .pth or .safetensors", cxxopts::value<std::string>())(
      "architecture",
      "mobilenet_v2, efficientnet_lite0, vgg16, vgg16_bn, vgg19, vgg19_bn, resnet18, resnet34, "
      "resnet50 or resnet101",
      cxxopts::value<std::string>())("layer",
                                     "where the annotations are read, e.g. features.13, layer3, "
                                     "blocks.10 or conv5_4; what lies beyond is "
                                     "left out (default: the last convolutions)",
                                     cxxopts::value<std::string>())(
      "dilated", "twice the grid: the last stage dilates instead of striding")(
      "fold", "fold the batch norms into the convolutions")(
      "activation",
      "relu or relu6 (default: relu6 for mobilenet_v2 and efficientnet_lite0, else relu)",
      cxxopts::value<std::string>())("output", "the .safetensors file to write",
                                     cxxopts::value<std::string>());
  arguments.positional("file");
  return arguments;
}

void check_model_import_encoder(const Arguments& arguments) {
  if (!arguments.has("file")) throw UsageError("model import-encoder: name the file to read");
  require(arguments, "model import-encoder", {"architecture", "output"});
}

Arguments model_average_command() {
  Arguments arguments(
      "model average", "model average DIR… --output DIR",
      "Writes a model whose weights are the mean of several models' that were trained on from one "
      "(a model soup); it is often better than each. The size of its input is the first one's.",
      "saccade model average runs/a/best runs/b/best --output models/mean --length-penalty 0.7");
  arguments.add()("model", "a bundle or its name, repeatable",
                  cxxopts::value<std::vector<std::string>>())(
      "share", "of each model in turn, repeatable (default: the same of all)",
      cxxopts::value<std::vector<double>>())("output", "the bundle to write",
                                             cxxopts::value<std::string>());
  arguments.add_decoding_options("as the first model's");
  arguments.positional("model");
  return arguments;
}

void check_model_average(const Arguments& arguments) {
  if (!arguments.has("model")) throw UsageError("model average: name the models to average");
  require(arguments, "model average", {"output"});
  if (!arguments.has("share")) return;
  const std::size_t models = arguments.get<std::vector<std::string>>("model").size();
  const auto shares = arguments.get<std::vector<double>>("share");
  if (shares.size() != models) {
    throw UsageError("model average: " + std::to_string(models) + " models have " +
                     std::to_string(shares.size()) + " --share; give one for each, or none");
  }
  for (const double share : shares) Arguments::require_range("share", share, 1e-6, 1e6);
}

Arguments model_health_command() {
  Arguments arguments("model health", "model health DIR --data DIR",
                      "Captions photographs and measures what attention does: how spread the maps "
                      "are, how they differ between words and images, the gate, the border. With "
                      "--phrases: how well the maps of given captions point at what words name.",
                      "saccade model health default --data flickr8k --output out/health\n"
                      "  saccade model health default --data flickr8k --phrases entities.jsonl");
  arguments.add()("path", "a bundle or its name", cxxopts::value<std::string>())(
      "split", "train, dev or test", cxxopts::value<std::string>()->default_value("dev"))(
      "photographs",
      "how many to look at, evenly spread over the split; 0: all (with --phrases all unless given)",
      cxxopts::value<std::size_t>()->default_value("200"))("json", "as one JSON object")(
      "o,output", "a folder for health.json and health.png, or pointing.json and pointing.png",
      cxxopts::value<std::string>())(
      "phrases",
      "measure instead how well the maps of given captions point at what their words name: a "
      "phrases file with boxes (see `saccade phrases`); may be repeated. Its captions are those of "
      "--data, or its own caption_text, with the photographs in --images or beside the file",
      cxxopts::value<std::vector<std::string>>());
  add_map_option(arguments);
  arguments.add_threads_option();
  add_dataset_options(arguments);
  arguments.positional("path");
  arguments.add_search_options();
  return arguments;
}

void check_model_health(const Arguments& arguments) {
  require_path(arguments, "model health");
  map_option(arguments);
  if (arguments.has("phrases") && !arguments.has("data")) return;
  require(arguments, "model health", {"data"});
  dataset_source(arguments);
}

Arguments model_calibrate_command() {
  Arguments arguments(
      "model calibrate", "model calibrate DIR --data DIR",
      "Fits a model's confidence to its dev photographs and stores it in its folder as "
      "calibration.json: the temperature that words are reported with, and the probability that a "
      "person would accept a caption, for which its CIDEr-D to what people said stands. "
      "Photographs "
      "at even places of each dev split are fitted on, together with made-up drawings, texts and "
      "noise that count as never acceptable; the others are reported on.",
      "saccade model calibrate models/default --data flickr8k");
  arguments.add()("path", "a bundle or its name", cxxopts::value<std::string>())(
      "acceptable", "CIDEr-D (0…10) to what people said from which a caption counts as acceptable",
      cxxopts::value<double>()->default_value("0.5"))("json", "print the report as JSON");
  arguments.limit<double>("acceptable", 0, 10);
  arguments.add_threads_option();
  add_datasets_options(arguments);
  arguments.positional("path");
  return arguments;
}

void check_model_calibrate(const Arguments& arguments) {
  require_path(arguments, "model calibrate");
  require(arguments, "model calibrate", {"data"});
  mixture_options(arguments);
}

Arguments model_fit_verdicts_command() {
  Arguments arguments("model fit-verdicts", "model fit-verdicts DIR --data DIR",
                      "Fits the verdicts of `saccade diagnose` to a model and stores them in its "
                      "folder as verdicts.json. Mistakes are planted in captions of every second "
                      "dev photograph; the others stay unseen, to report on.",
                      "saccade model fit-verdicts models/default --data flickr8k");
  arguments.add()("path", "a bundle or its name", cxxopts::value<std::string>())(
      "mean-images", "training photographs whose annotations are averaged",
      cxxopts::value<std::size_t>()->default_value("200"))(
      "sentences", "planted mistakes to fit on, at most; 0: one per photograph of half of dev",
      cxxopts::value<std::size_t>()->default_value("0"));
  arguments.add_threads_option();
  add_dataset_options(arguments);
  arguments.positional("path");
  add_word_kinds_options(arguments);
  return arguments;
}

void check_model_fit_verdicts(const Arguments& arguments) {
  require_path(arguments, "model fit-verdicts");
  require(arguments, "model fit-verdicts", {"data"});
  dataset_source(arguments);
}

}  // namespace saccade::app
