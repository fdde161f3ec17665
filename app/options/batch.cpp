#include <cstdint>
#include <string>
#include <vector>

#include "options/options.h"
#include "photograph_options.h"

namespace saccade::app {

Arguments batch_command() {
  Arguments arguments(
      "batch", "batch SOURCE --output FILE",
      "Captions every photograph of SOURCE: a folder with all under it, one photograph, a list of "
      "paths (text, CSV or JSONL), or - for such a list on standard input. Each becomes one line "
      "of JSON with image, caption, log_prob and confidence, or with image and error when it "
      "cannot "
      "be read; that is counted at the end and is no failure of the run. A warning says where a "
      "photograph is damaged. " +
          std::string(kFormatsRead),
      "saccade batch photographs --output captions.jsonl");
  arguments.add()("source", "folder, list or -", cxxopts::value<std::vector<std::string>>())(
      "output", "the file to write, one that batch wrote earlier is replaced; - is standard output",
      cxxopts::value<std::string>())(
      "resume", "continue an interrupted output instead: what it has is kept, the rest is added")(
      "include",
      "take only files that match this pattern, e.g. '*.jpg'; with a slash it is compared with the "
      "path below SOURCE; repeatable",
      cxxopts::value<std::vector<std::string>>())(
      "exclude", "take no files, and look into no folders, that match this pattern; repeatable",
      cxxopts::value<std::vector<std::string>>())(
      "hidden", "take hidden files and thumbnail folders (.*, @eaDir, Thumbs) as well")(
      "0,null", "the paths of the list end with NUL, as find -print0 writes them")(
      "column", "the column of paths in a CSV or JSONL list (default: path, image, file_name, …)",
      cxxopts::value<std::string>())(
      "batch-size", "photographs captioned together; every thread has such a batch",
      cxxopts::value<std::int64_t>()->default_value("16"));
  arguments.limit<std::int64_t>("batch-size", 1, 1024);
  arguments.positional("source");
  add_photograph_options(arguments);
  arguments.add_model_options();
  arguments.add_search_options();
  arguments.add_confidence_option();
  return arguments;
}

void check_batch(const Arguments& arguments) {
  if (!arguments.has("source") || arguments.get<std::vector<std::string>>("source").size() != 1) {
    throw UsageError("batch takes one SOURCE: a folder, a list of paths, or -");
  }
  if (!arguments.has("output")) throw UsageError("batch needs --output FILE");
}

}  // namespace saccade::app
