#include <cstdint>
#include <stdexcept>
#include <string>

#include "saccade/image/prepare.h"

#include "commands.h"
#include "dataset_options.h"
#include "training_settings.h"

namespace saccade::app {

Arguments train_command() {
  Arguments arguments(
      "train", "train --data PATH --encoder PATH --output DIR",
      "Train an attention model on captioned images.\n\n"
      "Minimizes cross entropy under teacher forcing (or another --set objective)\n"
      "and validates free-running after every epoch. DIR/best is the best model so\n"
      "far, DIR/train.jsonl has a line per step, and DIR/curves.png plots it.\n"
      "Several --data train one model with one vocabulary. JSONL data may have lists\n"
      "of \"labels\" in place of captions; they teach words.",
      "saccade train --check --data flickr8k\n"
      "  saccade train --data flickr8k --encoder mobilenet_v2.safetensors --dilated \\\n"
      "    --config models/default.train.json --set epochs=20 --output runs/default\n"
      "  saccade train --data flickr8k --data coco --share 1 --share 0.5 \\\n"
      "    --start runs/default/best --output runs/both");
  add_mixture_options(arguments);
  auto add = arguments.add();
  add("encoder",
      "pretrained encoder weights: a .pth or .safetensors file as for `saccade model "
      "import-encoder`, or a model's folder, whose encoder is used",
      cxxopts::value<std::string>(), "PATH");
  add("start", "folder of a model to continue from, instead of --encoder",
      cxxopts::value<std::string>(), "DIR");
  add("output", "folder of the run", cxxopts::value<std::string>(), "DIR");
  add("resume", "continue the run in --output");
  add_training_settings(arguments);
  arguments.add_decoding_options("as in --start", "0.3");
  add("architecture", "encoder architecture (default: as recorded in its file, or mobilenet_v2)",
      cxxopts::value<std::string>(), "NAME");
  add("layer",
      "encoder layer whose output gives the annotations (default: as recorded, or the last "
      "convolution)",
      cxxopts::value<std::string>(), "NAME");
  add("activation",
      "relu or relu6 (default: as recorded, or relu6 for efficientnet_lite0, else relu)",
      cxxopts::value<std::string>(), "NAME");
  add("dilated", "double the grid: the encoder's last stage dilates instead of striding");
  add("input-size", "side of the encoder's input in pixels (default: as in the model, or 224)",
      cxxopts::value<std::int64_t>(), "N");
  add("fit",
      "how to make images square: squash, center_crop or pad (default: as in the model, or squash)",
      cxxopts::value<std::string>(), "NAME");
  add("decoder",
      "JSON file of decoder settings, as in the section \"decoder\" of a model's config.json",
      cxxopts::value<std::string>(), "FILE");
  add("phrases",
      "phrases file (see `saccade phrases`) that supervises attention with boxes, weighted by the "
      "setting attention_supervision_weight; repeatable",
      cxxopts::value<std::vector<std::string>>(), "FILE");
  add("wordnet", "folder of WordNet's data files, which say what words name an image's labels",
      cxxopts::value<std::string>()->default_value(SACCADE_WORDNET), "DIR");
  add("feature-cache",
      "folder that caches the features of a frozen encoder; reused while nothing has changed",
      cxxopts::value<std::string>(), "DIR");
  add("check",
      "only report what is in --data and what is wrong with it; exit 1 if training cannot start");
  add("json", "print the report of --check as JSON");
  add("curves", "only redraw curves.png from train.jsonl in this run's folder",
      cxxopts::value<std::string>(), "DIR");
  add("device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"),
      "DEVICE");
  arguments.add_threads_option();
  arguments.limit<std::int64_t>("input-size", 1, kLargestInput);
  return arguments;
}

void check_train(const Arguments& arguments) {
  if (arguments.has("curves")) return;
  training_settings(arguments);
  if (arguments.has("settings")) return;
  if (!arguments.has("data")) throw UsageError("train: missing --data PATH");
  mixture_options(arguments);
  if (arguments.has("fit")) {
    try {
      fit_from_string(arguments.get<std::string>("fit"));
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("option --fit: ") + error.what());
    }
  }
  if (arguments.has("check")) return;
  if (!arguments.has("output")) throw UsageError("train: missing --output DIR");
  if (arguments.has("encoder") == arguments.has("start")) {
    throw UsageError("train: expected either --encoder PATH or --start DIR");
  }
}

}  // namespace saccade::app
