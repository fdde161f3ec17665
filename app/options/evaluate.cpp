#include <cstddef>
#include <cstdint>
#include <string>

#include "dataset_options.h"
#include "meteor_options.h"
#include "options/options.h"

namespace saccade::app {

Arguments evaluate_command() {
  Arguments arguments("evaluate", "evaluate --data PATH --split dev",
                      "Captions a split of a data set free-running and scores the captions.",
                      "saccade evaluate --data flickr8k --split dev --beam 3");
  add_dataset_options(arguments);
  arguments.add()("split", "train, dev, test, another that the data names, or all",
                  cxxopts::value<std::string>()->default_value("dev"))(
      "batch-size", "photographs captioned at once",
      cxxopts::value<std::int64_t>()->default_value("32"))(
      "bootstrap", "resamples for 95 % intervals over images; 0: none",
      cxxopts::value<std::size_t>()->default_value("0"))(
      "seed", "of the bootstrap", cxxopts::value<std::uint64_t>()->default_value("1"))(
      "output", "write the captions there as JSONL {image, caption}",
      cxxopts::value<std::string>())("json", "print the report as JSON");
  arguments.limit<std::int64_t>("batch-size", 1, 4096);
  add_meteor_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_evaluate(const Arguments& arguments) {
  if (!arguments.has("data")) throw UsageError("evaluate: --data is missing");
  dataset_source(arguments);
}

}  // namespace saccade::app
