#include <string>

#include "map_option.h"
#include "options/options.h"
#include "photograph_options.h"

namespace saccade::app {

Arguments score_command() {
  Arguments arguments("score", "score IMAGE --caption TEXT",
                      "Says how likely the model finds a given sentence for a photograph, word by "
                      "word (log p, natural logarithm).",
                      "saccade score photo.jpg --caption \"a large white bird in a forest\"");
  arguments.add()("image", "the photograph", cxxopts::value<std::string>())(
      "c,caption", "the sentence", cxxopts::value<std::string>())(
      "json",
      "one JSON object: log_prob, and every word's log_p, whether the model knows it, gate, "
      "entropy and map")("o,output",
                         "a folder for the maps as pictures, as `saccade heatmap` writes them",
                         cxxopts::value<std::string>());
  arguments.positional("image");
  add_map_option(arguments);
  add_photograph_options(arguments);
  arguments.add_model_options();
  return arguments;
}

void check_score(const Arguments& arguments) {
  if (!arguments.has("image")) throw UsageError("score: name a photograph");
  if (!arguments.has("caption")) throw UsageError("score: give a sentence with --caption");
  map_option(arguments);
}

}  // namespace saccade::app
