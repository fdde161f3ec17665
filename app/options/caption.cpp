#include <cstdint>
#include <string>
#include <vector>

#include "options/options.h"
#include "photograph_options.h"

namespace saccade::app {

Arguments caption_command() {
  Arguments arguments("caption", "caption IMAGE…", "Prints a caption for every photograph.",
                      "saccade caption --json photo.jpg");
  arguments.add()("images", "photographs", cxxopts::value<std::vector<std::string>>())(
      "json", "one JSON object per line, with every word's p, gate, entropy and alternatives")(
      "n-best", "captions per photograph in the JSON",
      cxxopts::value<std::int64_t>()->default_value("1"));
  arguments.limit<std::int64_t>("n-best", 1, 1000);
  arguments.positional("images");
  add_photograph_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  arguments.add_confidence_option();
  return arguments;
}

void check_caption(const Arguments& arguments) {
  if (!arguments.has("images")) throw UsageError("caption: name at least one photograph");
}

}  // namespace saccade::app
