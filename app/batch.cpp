#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "saccade/batch/jsonl.h"
#include "saccade/batch/pipeline.h"
#include "saccade/batch/source.h"
#include "saccade/caption/captioner.h"
#include "saccade/io/output_check.h"
#include "saccade/io/tar_file.h"
#include "saccade/model/bundle/bundle.h"

#include "commands.h"
#include "engine_options.h"
#include "process.h"

namespace saccade::app {

namespace {

/// A progress line, updated in place on a terminal and omitted elsewhere.
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
  /// Prints the final line, on a terminal or not.
  void finish(std::int64_t found) const {
    if (shown_) std::fprintf(stderr, "\r\033[K");
    std::fprintf(stderr, "%lld captioned, %lld failed, %.1f images/s", (long long)(done_ - failed_),
                 (long long)failed_, rate());
    if (found > 0) std::fprintf(stderr, "; %lld were in the output already", (long long)found);
    std::fprintf(stderr, "\n");
    if (done_ == total_) return;
    std::fprintf(stderr, "Interrupted with %lld images left; continue with --resume.\n",
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

/// Rejects an existing file that batch did not write, before it is emptied or appended to.
void require_batch_lines(const std::string& output) {
  constexpr char kBeginning[] = "{\"image\":";
  if (!std::filesystem::is_regular_file(output) || descriptor_of(output)) return;
  std::ifstream in(output, std::ios::binary);
  std::string start(sizeof kBeginning - 1, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  // An interrupted run may have written less.
  if (std::string(kBeginning).compare(0, start.size(), start) == 0) return;
  throw UsageError(
      "the output \"" + output +
      "\" exists and batch did not write it; choose another name, or remove the file first");
}

/// Rejects an output that would replace an input, before anything is opened.
void require_batch_output(const Arguments& arguments, const std::string& output,
                          const std::vector<std::string>& photographs) {
  std::vector<std::filesystem::path> inputs;
  for (const std::string& photograph : photographs) {
    const auto member = tar_member(photograph);
    inputs.emplace_back(member ? member->archive : photograph);
  }
  inputs.emplace_back(arguments.get<std::vector<std::string>>("source").front());
  for (auto& file : files_of_model(find_model(arguments.get<std::string>("model")))) {
    inputs.push_back(std::move(file));
  }
  require_output_file(output, inputs);
  require_batch_lines(output);
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

/// @param images  number of images of the whole run, so that a resumed run has the same batches
PipelineOptions pipeline_options(std::int64_t batch_size, std::int64_t workers,
                                 std::int64_t images) {
  PipelineOptions options;
  options.workers = workers;
  options.batch_size = shared_batch_size(images, workers, batch_size);
  options.loader_threads = available_processors();
  return options;
}

}  // namespace

int run_batch(const Arguments& arguments) {
  const std::string requested = arguments.get<std::string>("output");
  const std::string output = requested == "-" ? "/dev/stdout" : requested;
  const std::int64_t size = arguments.get<std::int64_t>("batch-size");
  const LoadOptions reading = load_options(arguments);

  const std::vector<std::string> inputs = list_source(arguments);
  require_batch_output(arguments, output, inputs);
  const Captioner captioner = load_captioner(arguments);
  const CaptionOptions options = caption_options(arguments, captioner.bundle());
  const double least_confidence = min_confidence(arguments, captioner);
  PipelineOptions pipeline =
      pipeline_options(size, captioner.workers(), static_cast<std::int64_t>(inputs.size()));
  JsonlWriter writer =
      arguments.has("resume") ? JsonlWriter::resume(output, inputs) : JsonlWriter::create(output);

  // Caption an interrupted batch again as a whole: rounding depends on the batch, and the resumed
  // output must equal that of an uninterrupted run.
  const std::int64_t found = writer.lines_found();
  const std::int64_t begin = found - found % pipeline.batch_size;
  const std::vector<std::string> todo(inputs.begin() + begin, inputs.end());

  const std::atomic<bool>& interrupted = catch_interrupts(
      "\nsaccade: interrupted; the finished records are kept, continue with --resume\n");
  Progress progress(static_cast<std::int64_t>(inputs.size()) - found);
  // Threads in the middle of a decoder, a batch or a stalled file are not waited for.
  pipeline.while_waiting = [&] {
    if (!interrupted) return;
    writer.finish();
    progress.finish(found);
    std::_Exit(progress.complete() ? 0 : 1);
  };
  const InputConfig& input = captioner.bundle().config.input;
  if (!progress.complete()) {
    caption_all(
        todo, input.size, prepare_from_disk(input, reading),
        [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
          return captioner.caption(pixels, placements, options);
        },
        [&](const BatchRecord& record) {
          if (begin + record.index < found) return true;
          writer.write(record, least_confidence);
          progress.add(!record.error.empty());
          pipeline.while_waiting();
          return true;
        },
        pipeline);
  }
  writer.finish();
  progress.finish(found);
  return progress.complete() ? 0 : 1;
}

}  // namespace saccade::app
