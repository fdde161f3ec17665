#include <cstdint>
#include <string>
#include <vector>

#include "commands.h"

namespace saccade::app {

Arguments batch_command() {
  Arguments arguments(
      "batch", "batch SOURCE --output FILE",
      "Caption every image of a folder or list and write the results as JSON lines.\n\n"
      "SOURCE is a folder (searched recursively), an image, a tar archive, a list of\n"
      "paths (text, CSV or JSONL), a pattern in quotes ('shards/*.tar'), or - for a\n"
      "list on standard input. Images in tar archives are named ARCHIVE/MEMBER. Each\n"
      "output line has\n"
      "image, caption, log_prob and confidence, or image and error if the image\n"
      "cannot be read; such images are counted and do not fail the run. A damaged\n"
      "image also gets a warning.\n" +
          std::string(kFormatsRead),
      "saccade batch photos --output captions.jsonl");
  using Names = std::vector<std::string>;
  auto add = arguments.add();
  add("source", "folder, image, tar archive, list, pattern or -", cxxopts::value<Names>(),
      "SOURCE");
  add("output", "output file; replaces the output of an earlier batch; - is standard output",
      cxxopts::value<std::string>(), "FILE");
  add("resume", "continue an interrupted run: keep the lines of the output and add the rest");
  add("include",
      "take only files that match this pattern, e.g. '*.jpg'; a pattern with a slash is matched "
      "against the path below SOURCE; repeatable",
      cxxopts::value<Names>(), "PATTERN");
  add("exclude", "skip files and folders that match this pattern; repeatable",
      cxxopts::value<Names>(), "PATTERN");
  add("hidden", "include hidden files and thumbnail folders (.*, @eaDir, Thumbs)");
  add("0,null", "paths in the list end with NUL, as written by find -print0");
  add("column", "column of the paths in a CSV or JSONL list (default: path, image, file_name, …)",
      cxxopts::value<std::string>(), "NAME");
  add("batch-size", "images captioned together by each worker",
      cxxopts::value<std::int64_t>()->default_value("16"), "N");
  arguments.limit<std::int64_t>("batch-size", 1, 1024);
  arguments.positional("source");
  arguments.add_photograph_options();
  arguments.add_model_options();
  arguments.add_search_options();
  arguments.add_confidence_option();
  return arguments;
}

void check_batch(const Arguments& arguments) {
  if (!arguments.has("source") || arguments.get<std::vector<std::string>>("source").size() != 1) {
    throw UsageError(
        "batch: expected one SOURCE: a folder, an image, a tar archive, a list of paths, a pattern "
        "in quotes, or -");
  }
  if (!arguments.has("output")) throw UsageError("batch: missing --output FILE");
}

}  // namespace saccade::app
