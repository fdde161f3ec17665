#include <cstddef>
#include <cstdint>
#include <string>

#include "commands.h"
#include "dataset_options.h"
#include "word_options.h"

namespace saccade::app {

Arguments evaluate_command() {
  Arguments arguments("evaluate", "evaluate --data PATH --split dev",
                      "Caption a split of a data set (free-running) and score the captions.",
                      "saccade evaluate --data flickr8k --split dev --beam 3");
  add_dataset_options(arguments);
  auto add = arguments.add();
  add("split", "split to caption: train, dev, test, another split of the data, or all",
      cxxopts::value<std::string>()->default_value("dev"), "NAME");
  add("batch-size", "images captioned together",
      cxxopts::value<std::int64_t>()->default_value("32"), "N");
  add("bootstrap", "resamples for 95 % confidence intervals over images; 0: no intervals",
      cxxopts::value<std::size_t>()->default_value("0"), "N");
  add("seed", "random seed of the bootstrap", cxxopts::value<std::uint64_t>()->default_value("1"),
      "N");
  add("output", "write the captions to this JSONL file, {image, caption} per line",
      cxxopts::value<std::string>(), "FILE");
  add("json", "print the report as JSON");
  arguments.limit<std::int64_t>("batch-size", 1, 4096);
  add_meteor_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  return arguments;
}

void check_evaluate(const Arguments& arguments) {
  if (!arguments.has("data")) throw UsageError("evaluate: missing --data PATH");
  dataset_source(arguments);
}

}  // namespace saccade::app
