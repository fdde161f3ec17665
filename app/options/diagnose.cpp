#include <cstdint>
#include <string>

#include "commands.h"
#include "map_options.h"
#include "word_options.h"

namespace saccade::app {

Arguments diagnose_command() {
  Arguments arguments(
      "diagnose", "diagnose IMAGE",
      "Test which words of a caption come from the image.\n\n"
      "Recomputes the log p of each content word with its attended region masked,\n"
      "with other regions masked, without the image, and with contrast words at its\n"
      "position. The verdict is seen, language prior (said whatever the image\n"
      "shows), misrecognised or unsure.",
      "saccade diagnose photo.jpg --caption \"a large white bird in a forest\"");
  auto add = arguments.add();
  add("image", "an image, or with --output a folder of images", cxxopts::value<std::string>(),
      "IMAGE");
  add("o,output",
      "write the interactive page index.html into this folder; for a folder of images, a page per "
      "image and an index, most suspicious first",
      cxxopts::value<std::string>(), "DIR");
  add("c,caption", "analyze this sentence instead of the model's own caption",
      cxxopts::value<std::string>(), "TEXT");
  add("instead-of", "compare two words at the same position, e.g. \"bird=dog\"",
      cxxopts::value<std::string>(), "WORD=OTHER");
  add("json", "print one JSON object with the log p of each counterfactual");
  add("draws", "random regions elsewhere that are masked for comparison, per word",
      cxxopts::value<std::int64_t>()->default_value("4"), "N");
  add("seed", "random seed of these regions", cxxopts::value<std::uint64_t>()->default_value("1"),
      "N");
  arguments.limit<std::int64_t>("draws", 1, 100);
  arguments.positional("image");
  add_map_option(arguments);
  add_word_kinds_options(arguments);
  arguments.add_exit_option();
  arguments.add_photograph_options();
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_diagnose(const Arguments& arguments) {
  if (!arguments.has("image")) throw UsageError("diagnose: missing IMAGE");
  map_option(arguments);
  comparison_option(arguments);
}

}  // namespace saccade::app
