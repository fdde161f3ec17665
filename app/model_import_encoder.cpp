#include <iostream>
#include <string>

#include "saccade/io/output_check.h"
#include "saccade/io/unicode.h"
#include "saccade/model/checkpoint/encoder_import.h"

#include "commands.h"

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
  } else if (config.architecture == "mobilenet_v2" || config.architecture == "efficientnet_lite0") {
    config.activation = "relu6";
  }
  return config;
}

}  // namespace

int run_model_import_encoder(const Arguments& arguments) {
  const auto output = arguments.get<std::string>("output");
  require_output_file(output, {arguments.get<std::string>("file")});
  const auto file = arguments.get<std::string>("file");
  std::string prefix;
  const Encoder encoder = import_encoder(file, asked_config(arguments), &prefix);
  if (!prefix.empty()) {
    std::cerr << one_line("saccade: " + file + ": the prefix \"" + prefix +
                          "\" is stripped from the names of its tensors")
              << '\n';
  }
  save_encoder(output, encoder);

  std::int64_t weights = 0;
  for (const auto& parameter : encoder->parameters()) weights += parameter.numel();
  std::cout << output << ": " << encoder->config().architecture << ", " << encoder->channels()
            << " features per cell, " << weights << " weights, "
            << (encoder->config().folded ? "batch norms folded" : "with batch norms") << '\n';
  return 0;
}

}  // namespace saccade::app
