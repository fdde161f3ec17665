#include <cstdint>
#include <string>

#include "comparison.h"
#include "map_option.h"
#include "options/options.h"
#include "photograph_options.h"
#include "word_kinds.h"

namespace saccade::app {

Arguments diagnose_command() {
  Arguments arguments(
      "diagnose", "diagnose IMAGE",
      "Asks the model again about every word of a caption: with the place it looked at hidden, "
      "with other places hidden, without the image, and with other words in its place. Says of "
      "each whether it was seen, is a language prior (said whatever the image shows) or is "
      "probably misrecognised.",
      "saccade diagnose photo.jpg --caption \"a large white bird in a forest\"");
  arguments.add()("image", "the photograph, or with --output a folder of them",
                  cxxopts::value<std::string>())(
      "o,output",
      "write the interactive page index.html into this folder; of a folder, a page for each "
      "photograph and a list, the most suspicious first",
      cxxopts::value<std::string>())("c,caption",
                                     "judge this sentence, not the model's own caption",
                                     cxxopts::value<std::string>())(
      "instead-of", "compare two words at the same place: WORD=OTHER, e.g. \"bird=dog\"",
      cxxopts::value<std::string>())("json", "one JSON object with every counterfactual's log p")(
      "draws", "regions elsewhere that are hidden for comparison",
      cxxopts::value<std::int64_t>()->default_value("4"))(
      "seed", "of these draws", cxxopts::value<std::uint64_t>()->default_value("1"));
  arguments.limit<std::int64_t>("draws", 1, 100);
  arguments.positional("image");
  add_map_option(arguments);
  add_word_kinds_options(arguments);
  add_photograph_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_diagnose(const Arguments& arguments) {
  if (!arguments.has("image")) throw UsageError("diagnose: name a photograph");
  map_option(arguments);
  comparison_option(arguments);
}

}  // namespace saccade::app
