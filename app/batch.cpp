#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "saccade/batch/jsonl.h"
#include "saccade/batch/pipeline.h"
#include "saccade/batch/source.h"
#include "saccade/captioner.h"
#include "saccade/io/output_check.h"
#include "saccade/model/bundle.h"

#include "arguments.h"
#include "command.h"
#include "default_model.h"
#include "process.h"

namespace saccade::app {

namespace {

/// One line on a terminal that is written over; nothing elsewhere.
class Progress {
 public:
  explicit Progress(std::int64_t total) : total_(total), shown_(isatty(STDERR_FILENO) == 1) {}

  void add(bool failed) {
    ++done_;
    failed_ += failed ? 1 : 0;
    const auto now = Clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    std::fprintf(stderr, "\r%lld of %lld, %lld failed, %.1f images/s \033[K", (long long)done_,
                 (long long)total_, (long long)failed_, rate());
  }
  /// The line that stays, on a terminal or not.
  void finish(std::int64_t found) const {
    if (shown_) std::fprintf(stderr, "\r\033[K");
    std::fprintf(stderr, "%lld captioned, %lld failed, %.1f images/s", (long long)(done_ - failed_),
                 (long long)failed_, rate());
    if (found > 0) std::fprintf(stderr, "; %lld were there already", (long long)found);
    std::fprintf(stderr, "\n");
    if (done_ == total_) return;
    std::fprintf(stderr, "Interrupted with %lld to go; --resume continues.\n",
                 (long long)(total_ - done_));
  }
  bool complete() const { return done_ == total_; }

 private:
  using Clock = std::chrono::steady_clock;

  double rate() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    return static_cast<double>(done_) / std::max(seconds, 1e-9);
  }

  const std::int64_t total_;
  const bool shown_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;
  std::int64_t done_ = 0;
  std::int64_t failed_ = 0;
};

/// Refuses an output that would cost a file that the run reads, before anything is opened.
void require_batch_output(const Arguments& arguments, const std::string& output,
                          const std::vector<std::string>& photographs) {
  std::vector<std::filesystem::path> inputs(photographs.begin(), photographs.end());
  inputs.emplace_back(arguments.get<std::vector<std::string>>("source").front());
  for (auto& file : files_of_model(find_model(arguments.get<std::string>("model")))) {
    inputs.push_back(std::move(file));
  }
  require_output_file(output, inputs);
}

std::vector<std::string> list_source(const Arguments& arguments) {
  using Names = std::vector<std::string>;
  SourceOptions options;
  if (arguments.has("include")) options.include = arguments.get<Names>("include");
  if (arguments.has("exclude")) options.exclude = arguments.get<Names>("exclude");
  if (arguments.has("column")) options.column = arguments.get<std::string>("column");
  options.hidden = arguments.has("hidden");
  options.nul_separated = arguments.has("null");
  const std::string source = arguments.get<Names>("source").front();
  return source == "-" ? read_list(std::cin, "standard input", options)
                       : list_images(source, options);
}

void declare_batch(Arguments& arguments) {
  arguments.add()("source", "folder, list or -", cxxopts::value<std::vector<std::string>>())(
      "output", "the file to write, one that is there is replaced; - is standard output",
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
  arguments.positional("source");
  arguments.add_model_options();
  arguments.add_search_options();
}

std::int64_t batch_size(const Arguments& arguments) {
  const std::int64_t size = arguments.get<std::int64_t>("batch-size");
  Arguments::require_range("batch-size", static_cast<double>(size), 1, 1024);
  return size;
}

/// @param images  of the whole run, so that a resumed one has the same batches.
PipelineOptions pipeline_options(std::int64_t batch_size, std::int64_t workers,
                                 std::int64_t images) {
  PipelineOptions options;
  options.workers = workers;
  options.batch_size = shared_batch_size(images, workers, batch_size);
  options.decoders = available_processors();
  return options;
}

}  // namespace

int run_batch(int argc, const char* const* argv) {
  Arguments arguments(
      "batch", "batch SOURCE --output FILE",
      "Captions every photograph of SOURCE: a folder with all under it, one photograph, a list of "
      "paths (text, CSV or JSONL), or - for such a list on standard input. Each becomes one line "
      "of JSON with image, caption and "
      "log_prob, or with image and error when it cannot be read; that is counted at the end and is "
      "no failure of the run. A warning says where a photograph is damaged.",
      "saccade batch photographs --output captions.jsonl");
  declare_batch(arguments);
  if (!arguments.parse(argc, argv)) return 0;
  if (!arguments.has("source") || arguments.get<std::vector<std::string>>("source").size() != 1) {
    throw UsageError("batch takes one SOURCE: a folder, a list of paths, or -");
  }
  if (!arguments.has("output")) throw UsageError("batch needs --output FILE");
  const std::string asked = arguments.get<std::string>("output");
  const std::string output = asked == "-" ? "/dev/stdout" : asked;
  const std::int64_t size = batch_size(arguments);

  const std::vector<std::string> inputs = list_source(arguments);
  require_batch_output(arguments, output, inputs);
  const Captioner captioner = arguments.load_captioner();
  const CaptionOptions options = arguments.caption_options(captioner.bundle());
  const PipelineOptions pipeline =
      pipeline_options(size, captioner.workers(), static_cast<std::int64_t>(inputs.size()));
  JsonlWriter writer =
      arguments.has("resume") ? JsonlWriter::resume(output, inputs) : JsonlWriter::create(output);

  // A batch that was cut in two is captioned again as a whole: its sums then come out the same to
  // the last digit, and a resumed output is that of a run without interruption.
  const std::int64_t found = writer.lines_found();
  const std::int64_t begin = found - found % pipeline.batch_size;
  const std::vector<std::string> todo(inputs.begin() + begin, inputs.end());

  const std::atomic<bool>& interrupted = catch_interrupts();
  Progress progress(static_cast<std::int64_t>(inputs.size()) - found);
  const InputConfig& input = captioner.bundle().config.input;
  if (!progress.complete()) {
    caption_all(
        todo, input.size, prepare_from_disk(input),
        [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
          return captioner.caption(pixels, placements, options);
        },
        [&](const BatchRecord& record) {
          if (begin + record.index < found) return true;
          writer.write(record);
          progress.add(!record.error.empty());
          return !interrupted;
        },
        pipeline);
  }
  writer.finish();
  progress.finish(found);
  return progress.complete() ? 0 : 1;
}

}  // namespace saccade::app
