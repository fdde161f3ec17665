#include <iostream>
#include <string>

#include "saccade/io/output_check.h"
#include "saccade/model/encoder_import.h"

#include "arguments.h"
#include "command.h"

namespace saccade::app {
namespace {

EncoderConfig asked_config(const Arguments& arguments) {
  EncoderConfig config;
  config.architecture = arguments.get<std::string>("architecture");
  if (arguments.has("layer")) config.layer = arguments.get<std::string>("layer");
  config.dilated = arguments.has("dilated");
  config.folded = arguments.has("fold");
  if (arguments.has("activation")) {
    config.activation = arguments.get<std::string>("activation");
  } else if (config.architecture == "mobilenet_v2") {
    config.activation = "relu6";
  }
  return config;
}

}  // namespace

int run_model_import_encoder(int argc, const char* const* argv) {
  Arguments arguments(
      "model import-encoder", "model import-encoder FILE --architecture NAME --output FILE",
      "Takes an encoder's weights from a state dict of torchvision, a .pth or a .safetensors, for "
      "`saccade train --encoder`.",
      "saccade model import-encoder resnet50-0676ba61.pth --architecture resnet50 --fold \\\n"
      "    --output resnet50.safetensors");
  arguments.add()("file", "a .pth or .safetensors", cxxopts::value<std::string>())(
      "architecture",
      "mobilenet_v2, vgg16, vgg16_bn, vgg19, vgg19_bn, resnet18, resnet34, resnet50 or resnet101",
      cxxopts::value<std::string>())(
      "layer",
      "where the annotations are read, e.g. features.13, layer3 or conv5_4; what lies beyond is "
      "left out (default: the last convolutions)",
      cxxopts::value<std::string>())("dilated",
                                     "twice the grid: the last stage dilates instead of striding")(
      "fold", "fold the batch norms into the convolutions")(
      "activation",
      "relu or relu6 (default: relu6 for mobilenet_v2, as torchvision has it, else relu)",
      cxxopts::value<std::string>())("output", "the .safetensors file to write",
                                     cxxopts::value<std::string>());
  arguments.positional("file");
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("file")) throw UsageError("model import-encoder: name the file to read");
  for (const char* name : {"architecture", "output"}) {
    if (!arguments.has(name)) {
      throw UsageError(std::string("model import-encoder: --") + name + " is missing");
    }
  }
  const auto output = arguments.get<std::string>("output");
  require_output_file(output, {arguments.get<std::string>("file")});
  const Encoder encoder =
      import_encoder(arguments.get<std::string>("file"), asked_config(arguments));
  save_encoder(output, encoder);

  std::int64_t weights = 0;
  for (const auto& parameter : encoder->parameters()) weights += parameter.numel();
  std::cout << output << ": " << encoder->config().architecture << ", " << encoder->channels()
            << " features per cell, " << weights << " weights, "
            << (encoder->config().folded ? "batch norms folded" : "with batch norms") << '\n';
  return 0;
}

}  // namespace saccade::app
