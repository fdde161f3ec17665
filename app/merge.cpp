#include "saccade/batch/merge.h"

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "saccade/io/output_check.h"

#include "batch_options.h"
#include "commands.h"

namespace saccade::app {

namespace fs = std::filesystem;

int run_merge(const Arguments& arguments) {
  const auto names = arguments.get<std::vector<std::string>>("shards");
  const std::vector<fs::path> paths(names.begin(), names.end());
  const fs::path output = arguments.get<std::string>("output");
  require_output_file(output, paths);
  if (fs::exists(output) && !arguments.has("overwrite")) {
    throw UsageError("the output \"" + output.string() +
                     "\" exists; give another name, or --overwrite to replace it");
  }
  const std::vector<ShardOutput> shards = read_shards(paths);
  const std::vector<std::string> found = obstacles(shards);
  if (!found.empty() && !arguments.has("force")) {
    std::string text = "these outputs are not the shards of one complete run:";
    for (const std::string& one : found) text += "\n  " + one;
    throw std::runtime_error(text + "\n--force merges them all the same");
  }
  for (const std::string& one : found) std::cerr << "saccade: warning: " << one << '\n';
  merge_shards(shards, row_format(shards.front().manifest.options.value("--format", "jsonl")),
               output);
  std::cerr << "saccade: wrote " << output.string() << '\n';
  return 0;
}

}  // namespace saccade::app
