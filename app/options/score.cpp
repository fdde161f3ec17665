#include <string>

#include "commands.h"
#include "map_options.h"

namespace saccade::app {

Arguments score_command() {
  Arguments arguments(
      "score", "score IMAGE --caption TEXT",
      "Score a given sentence for an image, word by word (log p, natural logarithm).",
      "saccade score photo.jpg --caption \"a large white bird in a forest\"");
  auto add = arguments.add();
  add("image", "the image", cxxopts::value<std::string>(), "IMAGE");
  add("c,caption", "sentence to score", cxxopts::value<std::string>(), "TEXT");
  add("json",
      "print one JSON object with log_prob, and the log_p, known, gate, entropy and map of each "
      "word");
  add("o,output", "write the maps as images into this folder, as `saccade heatmap` does",
      cxxopts::value<std::string>(), "DIR");
  arguments.positional("image");
  add_map_option(arguments);
  arguments.add_photograph_options();
  arguments.add_model_options();
  return arguments;
}

void check_score(const Arguments& arguments) {
  if (!arguments.has("image")) throw UsageError("score: missing IMAGE");
  if (!arguments.has("caption")) throw UsageError("score: missing --caption TEXT");
  map_option(arguments);
}

}  // namespace saccade::app
