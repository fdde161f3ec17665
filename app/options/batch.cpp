#include <cstdint>
#include <string>
#include <vector>

#include "batch_options.h"
#include "commands.h"
#include "word_options.h"

namespace saccade::app {

Arguments batch_command() {
  Arguments arguments(
      "batch", "batch SOURCE --output FILE",
      "Caption every image of a folder or list and write the results as JSON lines,\n"
      "as CSV, or as a file per image.\n\n"
      "SOURCE is a folder (searched recursively), an image, a tar archive, a list of\n"
      "paths (text, CSV or JSONL), a pattern in quotes ('shards/*.tar'), or - for a\n"
      "list on standard input. Images in tar archives are named ARCHIVE/MEMBER. Each\n"
      "output line has\n"
      "image, caption, log_prob and confidence, or image and error if the image\n"
      "cannot be read. A damaged image also gets a warning.\n\n"
      "The same command continues a run that ended in any way, and tries failed\n"
      "images again. FILE.saccade.json has the state of the run. Exit codes: 0 all\n"
      "done, 3 some images failed, 1 the run failed, was interrupted or captioned\n"
      "nothing, 2 wrong usage.\n\n" +
          std::string(kFormatsRead),
      "saccade batch photos --output captions.jsonl");
  using Names = std::vector<std::string>;
  auto add = arguments.add();
  add("source", "folder, image, tar archive, list, pattern or -", cxxopts::value<Names>(),
      "SOURCE");
  add("output",
      "output file; - is standard output, which cannot be continued; with --sidecar the folder for "
      "the files",
      cxxopts::value<std::string>(), "FILE");
  add_result_options(arguments);
  add("resume", "continue the run that wrote the output, which is the default");
  add("overwrite", "replace the output of an earlier run");
  add("force", "continue an output although the model or the options differ from the earlier run");
  add("state",
      "file for the state of the run (default: FILE.saccade.json, with --sidecar in the "
      "folder .saccade of SOURCE, beside a tar archive, or of the output folder)",
      cxxopts::value<std::string>(), "FILE");
  add("retry-errors",
      "try again N times, with growing pauses, when a file cannot be read, e.g. on a network drive",
      cxxopts::value<std::int64_t>()->default_value("0"), "N");
  arguments.limit<std::int64_t>("retry-errors", 0, 1000);
  add("isolate",
      "decode images in processes of their own, so that a crash, an endless loop or too much "
      "memory "
      "in a codec costs one image");
  add("decode-timeout", "with --isolate: limit in seconds for decoding an image",
      cxxopts::value<double>()->default_value("60"), "SECONDS");
  arguments.limit<double>("decode-timeout", 0.1, 86400);
  add("watch",
      "then wait for new images in the folder SOURCE and caption each when it is complete, until "
      "Ctrl-C or SIGTERM");
  add("quiet", "print nothing but errors that end the run");
  arguments.add_source_options();
  add("0,null", "paths in the list end with NUL, as written by find -print0");
  add("column", "column of the paths in a CSV or JSONL list (default: path, image, file_name, …)",
      cxxopts::value<std::string>(), "NAME");
  add("batch-size", "images captioned together by each worker",
      cxxopts::value<std::int64_t>()->default_value("16"), "N");
  arguments.limit<std::int64_t>("batch-size", 1, 1024);
  arguments.positional("source");
  arguments.add_exit_option();
  arguments.add_photograph_options();
  arguments.add_model_options();
  arguments.add_search_options();
  arguments.add_confidence_option();
  add_word_kinds_options(arguments);
  return arguments;
}

void check_batch(const Arguments& arguments) {
  if (!arguments.has("source") || arguments.get<std::vector<std::string>>("source").size() != 1) {
    throw UsageError(
        "batch: expected one SOURCE: a folder, an image, a tar archive, a list of paths, a pattern "
        "in quotes, or -");
  }
  if (!arguments.has("output") && !has_sidecars(arguments)) {
    throw UsageError("batch: missing --output FILE");
  }
  check_result_options(arguments);
  if (arguments.has("decode-timeout") && !arguments.has("isolate")) {
    throw UsageError("batch: --decode-timeout needs --isolate");
  }
  if (arguments.has("watch") && arguments.has("shard")) {
    throw UsageError("batch: --watch has no end, so it excludes --shard");
  }
  if (arguments.has("overwrite") && (arguments.has("resume") || arguments.has("force"))) {
    throw UsageError("batch: --overwrite starts anew, so it excludes --resume and --force");
  }
}

}  // namespace saccade::app
