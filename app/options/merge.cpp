#include <string>
#include <vector>

#include "commands.h"

namespace saccade::app {

Arguments merge_command() {
  Arguments arguments(
      "merge", "merge SHARD… --output FILE",
      "Join the outputs of `saccade batch --shard` to the output of one run.\n\n"
      "Checks that all shards are there, complete, and of one model, one class of\n"
      "CPU, the same options and the same images. FILE then has the rows in the\n"
      "order of the images, byte for byte as one machine would have written it, and\n"
      "`saccade batch` without --shard continues it.",
      "saccade merge captions-*.jsonl --output captions.jsonl");
  auto add = arguments.add();
  add("shards", "outputs of the shards, each with its state SHARD.saccade.json beside it",
      cxxopts::value<std::vector<std::string>>(), "SHARD");
  add("output", "output file", cxxopts::value<std::string>(), "FILE");
  add("overwrite", "replace an existing FILE");
  add("force", "merge although a check fails; what is missing is left out");
  arguments.positional("shards");
  return arguments;
}

void check_merge(const Arguments& arguments) {
  if (!arguments.has("shards")) throw UsageError("merge: missing SHARD");
  if (!arguments.has("output")) throw UsageError("merge: missing --output FILE");
}

}  // namespace saccade::app
