#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "commands.h"
#include "dataset_options.h"
#include "map_options.h"
#include "word_options.h"

namespace saccade::app {
namespace {

/// Checks that the path operand is given.
void require_path(const Arguments& arguments, const std::string& command) {
  if (!arguments.has("path")) {
    throw UsageError(command + ": missing model; see `saccade " + command + " --help`");
  }
}

/// Checks that all of `options` are given.
void require(const Arguments& arguments, const std::string& command,
             const std::vector<std::string>& options) {
  for (const std::string& option : options) {
    if (!arguments.has(option)) throw UsageError(command + ": missing --" + option);
  }
}

}  // namespace

Arguments model_inspect_command() {
  Arguments arguments("model inspect", "model inspect MODEL|FILE",
                      "Show what a model or a safetensors file contains.",
                      "saccade model inspect default");
  auto add = arguments.add();
  add("path", "a model's folder or name, or a .safetensors file", cxxopts::value<std::string>(),
      "PATH");
  add("json", "print one JSON object");
  arguments.positional("path");
  return arguments;
}

void check_model_inspect(const Arguments& arguments) { require_path(arguments, "model inspect"); }

Arguments model_verify_command() {
  Arguments arguments("model verify", "model verify MODEL",
                      "Check a model: files, hashes, shapes, finite weights, model card.",
                      "saccade model verify models/default");
  arguments.add()("path", "a model's folder or name", cxxopts::value<std::string>(), "MODEL");
  arguments.positional("path");
  return arguments;
}

void check_model_verify(const Arguments& arguments) { require_path(arguments, "model verify"); }

Arguments model_import_encoder_command() {
  Arguments arguments(
      "model import-encoder", "model import-encoder FILE --architecture NAME --output FILE",
      "Convert an encoder's pretrained weights for `saccade train --encoder`.\n\n"
      "FILE is a .pth or .safetensors file with the names of torchvision's state\n"
      "dicts; a common prefix of the encoder's names, such as module. or\n"
      "model.backbone., is stripped. The weights of efficientnet_lite0 have folded\n"
      "batch norms and the names stem, blocks.I.expand, blocks.I.depthwise,\n"
      "blocks.I.project and head.",
      "saccade model import-encoder resnet50-0676ba61.pth --architecture resnet50 \\\n"
      "    --fold --output resnet50.safetensors");
  auto add = arguments.add();
  add("file", "a .pth or .safetensors file", cxxopts::value<std::string>(), "FILE");
  add("architecture",
      "encoder architecture: mobilenet_v2, efficientnet_lite0, vgg16, vgg16_bn, vgg19, vgg19_bn, "
      "resnet18, resnet34, resnet50 or resnet101",
      cxxopts::value<std::string>(), "NAME");
  add("layer",
      "layer whose output gives the annotations, e.g. features.13, layer3, blocks.10 or conv5_4; "
      "later layers are dropped (default: the last convolutions)",
      cxxopts::value<std::string>(), "NAME");
  add("dilated", "double the grid: the last stage dilates instead of striding");
  add("fold", "fold the batch norms into the convolutions");
  add("activation",
      "relu or relu6 (default: relu6 for mobilenet_v2 and efficientnet_lite0, else relu)",
      cxxopts::value<std::string>(), "NAME");
  add("output", "output .safetensors file", cxxopts::value<std::string>(), "FILE");
  arguments.positional("file");
  return arguments;
}

void check_model_import_encoder(const Arguments& arguments) {
  if (!arguments.has("file")) throw UsageError("model import-encoder: missing FILE");
  require(arguments, "model import-encoder", {"architecture", "output"});
}

Arguments model_average_command() {
  Arguments arguments(
      "model average", "model average MODEL… --output DIR",
      "Average the weights of several models into one (a model soup).\n\n"
      "The models must have been fine-tuned from the same start; the mean is often\n"
      "better than each of them. The input size is that of the first model.",
      "saccade model average runs/a/best runs/b/best --length-penalty 0.7 \\\n"
      "    --output models/mean");
  auto add = arguments.add();
  add("model", "a model's folder or name; repeatable", cxxopts::value<std::vector<std::string>>(),
      "MODEL");
  add("share", "weight of a model in the mean, once per model in their order (default: all equal)",
      cxxopts::value<std::vector<double>>(), "X");
  add("output", "folder of the model to write", cxxopts::value<std::string>(), "DIR");
  arguments.add_decoding_options("as in the first model");
  arguments.positional("model");
  return arguments;
}

void check_model_average(const Arguments& arguments) {
  if (!arguments.has("model")) throw UsageError("model average: missing models to average");
  require(arguments, "model average", {"output"});
  if (!arguments.has("share")) return;
  const std::size_t models = arguments.get<std::vector<std::string>>("model").size();
  const auto shares = arguments.get<std::vector<double>>("share");
  if (shares.size() != models) {
    throw UsageError("model average: " + std::to_string(models) + " models and " +
                     std::to_string(shares.size()) +
                     " times --share; give one for each model, or none");
  }
  for (const double share : shares) Arguments::require_range("share", share, 1e-6, 1e6);
}

Arguments model_health_command() {
  Arguments arguments(
      "model health", "model health MODEL --data PATH",
      "Measure a model's attention over many images.\n\n"
      "Captions images and reports the entropy of the maps, how they differ between\n"
      "words and images, the gate, and the attention on the border. With --phrases,\n"
      "reports instead how well the maps of given captions match the boxes of what\n"
      "the words name.",
      "saccade model health default --data flickr8k --output out/health\n"
      "  saccade model health default --data flickr8k --phrases entities.jsonl");
  auto add = arguments.add();
  add("path", "a model's folder or name", cxxopts::value<std::string>(), "MODEL");
  add("split", "train, dev or test", cxxopts::value<std::string>()->default_value("dev"), "NAME");
  add("photographs",
      "number of images, evenly spread over the split; 0: all (with --phrases all unless given)",
      cxxopts::value<std::size_t>()->default_value("200"), "N");
  add("json", "print one JSON object");
  add("o,output",
      "write health.json and health.png, or pointing.json and pointing.png, into this folder",
      cxxopts::value<std::string>(), "DIR");
  add("phrases",
      "phrases file with boxes (see `saccade phrases`); repeatable. The captions come from --data, "
      "or without it from caption_text in the file, with the images in --images or beside the "
      "file",
      cxxopts::value<std::vector<std::string>>(), "FILE");
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
      "model calibrate", "model calibrate MODEL --data PATH",
      "Fit a model's confidence to human captions and store it as calibration.json.\n\n"
      "Fits the temperature of the reported word probabilities, and the probability\n"
      "that a person would accept a caption (its CIDEr-D to the references is at\n"
      "least --acceptable). The fit uses every second dev image and synthetic\n"
      "drawings, text and noise, whose captions are never acceptable; the report\n"
      "covers the other dev images.",
      "saccade model calibrate models/default --data flickr8k");
  auto add = arguments.add();
  add("path", "a model's folder or name", cxxopts::value<std::string>(), "MODEL");
  add("acceptable", "minimum CIDEr-D (0 to 10) of an acceptable caption",
      cxxopts::value<double>()->default_value("0.5"), "X");
  add("json", "print the report as JSON");
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
  Arguments arguments(
      "model fit-verdicts", "model fit-verdicts MODEL --data PATH",
      "Fit the verdicts of `saccade diagnose` to a model, stored as verdicts.json.\n\n"
      "Plants one wrong word in captions of every second dev image; the other dev\n"
      "images stay unseen, for evaluation.",
      "saccade model fit-verdicts models/default --data flickr8k");
  auto add = arguments.add();
  add("path", "a model's folder or name", cxxopts::value<std::string>(), "MODEL");
  add("mean-images", "number of training images for the mean annotation",
      cxxopts::value<std::size_t>()->default_value("200"), "N");
  add("sentences", "maximum number of planted mistakes; 0: one per image of half of dev",
      cxxopts::value<std::size_t>()->default_value("0"), "N");
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
