#include <cstdint>
#include <string>
#include <vector>

#include "commands.h"

namespace saccade::app {

Arguments caption_command() {
  Arguments arguments("caption", "caption IMAGE…", "Print a caption for each image.",
                      "saccade caption --json photo.jpg");
  using Names = std::vector<std::string>;
  auto add = arguments.add();
  add("images", "images to caption", cxxopts::value<Names>(), "IMAGE");
  add("json",
      "print one JSON object per image, with the p, gate, entropy and alternatives of each word");
  add("n-best", "captions per image in the JSON output, at most the beam width",
      cxxopts::value<std::int64_t>()->default_value("1"), "N");
  arguments.limit<std::int64_t>("n-best", 1, 1000);
  arguments.positional("images");
  arguments.add_exit_option();
  arguments.add_photograph_options();
  arguments.add_model_options();
  arguments.add_search_options();
  arguments.add_confidence_option();
  return arguments;
}

void check_caption(const Arguments& arguments) {
  if (!arguments.has("images")) throw UsageError("caption: missing IMAGE");
}

}  // namespace saccade::app
