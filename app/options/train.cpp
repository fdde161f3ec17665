#include <cstdint>
#include <stdexcept>
#include <string>

#include "saccade/image/prepare.h"

#include "dataset_options.h"
#include "options/options.h"
#include "training_settings.h"

namespace saccade::app {

Arguments train_command() {
  Arguments arguments(
      "train", "train --data PATH --encoder FILE --output DIR",
      "Trains an attention model on captioned photographs: cross entropy under teacher forcing, "
      "free-running validation after every epoch. OUTPUT/best is the best bundle so far, "
      "train.jsonl has a line per step, curves.png draws it. Each setting of --config can be "
      "given as --set NAME=VALUE; --settings lists them. With --check the data is looked at and "
      "nothing is trained. With several --data one model learns from all of them, with one "
      "vocabulary.",
      "saccade train --check --data flickr8k\n"
      "  saccade train --data flickr8k --encoder mobilenet_v2.safetensors --dilated \\\n"
      "    --config models/default.train.json --set epochs=20 --output runs/default\n"
      "  saccade train --data flickr8k --data coco --share 1 --share 0.5 --start runs/default/best "
      "\\\n    --output runs/both");
  add_mixture_options(arguments);
  arguments.add()(
      "encoder",
      "pretrained weights: a .pth or .safetensors as `model import-encoder` takes it, or "
      "a bundle to take its encoder from",
      cxxopts::value<std::string>())("start", "a bundle to go on from, instead of --encoder",
                                     cxxopts::value<std::string>())(
      "output", "the run's folder", cxxopts::value<std::string>())("resume",
                                                                   "go on with the run in OUTPUT");
  add_training_settings(arguments);
  arguments.add_decoding_options("--start's, or a beam of 3 and a length penalty of 0.3");
  arguments.add()("architecture", "of the encoder (default: as noted in its file, or mobilenet_v2)",
                  cxxopts::value<std::string>())(
      "layer", "where its annotations are read (default: as noted, or its last convolution)",
      cxxopts::value<std::string>())("activation",
                                     "relu or relu6 (default: as noted; else relu6 for "
                                     "efficientnet_lite0, and relu)",
                                     cxxopts::value<std::string>())(
      "dilated", "twice the grid: the encoder's last stage dilates instead of striding")(
      "input-size", "side of the encoder's input, pixels (default: the bundle's, or 224)",
      cxxopts::value<std::int64_t>())(
      "fit",
      "squash, center_crop or pad, to make photographs square (default: the bundle's, or squash)",
      cxxopts::value<std::string>())(
      "decoder",
      "a JSON file of decoder settings, as in the section \"decoder\" of a bundle's config.json",
      cxxopts::value<std::string>())(
      "phrases",
      "a phrases file (see `saccade phrases`): attention is trained to point at what the words "
      "name, by the setting attention_supervision_weight; may be repeated",
      cxxopts::value<std::vector<std::string>>())(
      "feature-cache",
      "a folder for the features of an encoder that does not learn, reused while nothing has "
      "changed",
      cxxopts::value<std::string>())(
      "check",
      "train nothing: report what is in --data and what is wrong with it; exit 1 when training "
      "could not start")("json", "print the report of --check as JSON")(
      "curves", "train nothing: draw train.jsonl of this run's folder into its curves.png again",
      cxxopts::value<std::string>())("device", "cpu, cuda or cuda:N",
                                     cxxopts::value<std::string>()->default_value("cpu"));
  arguments.add_threads_option();
  arguments.limit<std::int64_t>("input-size", 1, kLargestInput);
  return arguments;
}

void check_train(const Arguments& arguments) {
  if (arguments.has("curves")) return;
  training_settings(arguments);
  if (arguments.has("settings")) return;
  if (!arguments.has("data")) throw UsageError("train: --data is missing");
  mixture_options(arguments);
  if (arguments.has("fit")) {
    try {
      fit_from_string(arguments.get<std::string>("fit"));
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("option --fit: ") + error.what());
    }
  }
  if (arguments.has("check")) return;
  if (!arguments.has("output")) throw UsageError("train: --output is missing");
  if (arguments.has("encoder") == arguments.has("start")) {
    throw UsageError("train: either --encoder or --start is needed");
  }
}

}  // namespace saccade::app
