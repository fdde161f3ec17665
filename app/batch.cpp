#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "saccade/batch/pipeline.h"
#include "saccade/batch/result_file.h"
#include "saccade/batch/source.h"
#include "saccade/caption/captioner.h"
#include "saccade/io/output_check.h"
#include "saccade/io/tar_file.h"
#include "saccade/model/bundle/bundle.h"

#include "batch_options.h"
#include "batch_progress.h"
#include "batch_state.h"
#include "commands.h"
#include "engine_options.h"
#include "process.h"

namespace saccade::app {

namespace {

/// Rejects an existing file that batch did not write, before it is emptied or appended to.
void require_batch_rows(const std::string& output, bool csv) {
  const std::string beginning = csv ? csv_header : "{\"image\":";
  if (!std::filesystem::is_regular_file(output) || descriptor_of(output)) return;
  std::ifstream in(output, std::ios::binary);
  std::string start(beginning.size(), '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  // An interrupted run may have written less.
  if (beginning.compare(0, start.size(), start) == 0) return;
  throw UsageError("the output \"" + output + "\" exists and batch did not write " +
                   (csv ? "it as CSV" : "it") + "; choose another name, or remove the file first");
}

/// The file that the rows of the run go to: the output, or the journal of a run with --sidecar.
/// Rejects one that would replace an input, before anything is opened.
std::string require_batch_output(const Arguments& arguments,
                                 const std::vector<std::string>& photographs) {
  std::vector<std::filesystem::path> inputs;
  for (const std::string& photograph : photographs) {
    const auto member = tar_member(photograph);
    if (member && arguments.has("sidecar") && !arguments.has("output")) {
      throw UsageError("batch: no file can be written beside the image \"" + photograph +
                       "\" in an archive; give --sidecar a folder, --output DIR");
    }
    inputs.emplace_back(member ? member->archive : photograph);
  }
  inputs.emplace_back(arguments.get<std::vector<std::string>>("source").front());
  for (auto& file : files_of_model(find_model(arguments.get<std::string>("model")))) {
    inputs.push_back(std::move(file));
  }
  if (arguments.has("sidecar")) return require_journal(arguments, inputs);
  const std::string requested = arguments.get<std::string>("output");
  const std::string output = requested == "-" ? "/dev/stdout" : requested;
  require_output_file(output, inputs);
  require_batch_rows(output, format_of(arguments) == "csv");
  return output;
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

PipelineOptions pipeline_options(std::int64_t batch_size, std::int64_t workers,
                                 std::int64_t images) {
  PipelineOptions options;
  options.workers = workers;
  options.batch_size = shared_batch_size(images, workers, batch_size);
  options.loader_threads = available_processors();
  return options;
}

/// What a run has to do.
struct Work {
  std::vector<std::int64_t> inputs;  ///< numbers of the images to caption
  std::vector<std::string> paths;    ///< of these
  std::int64_t kept = 0;             ///< images that have a file that is kept
};

/// The images without a row. Images that have a row but no caption in their file get it from the
/// row, and images that have a caption of the user's but no row are left alone.
Work work_of(const ResultFile& results, const std::vector<std::string>& inputs,
             const std::optional<Sidecars>& sidecars) {
  Work work;
  const auto add = [&](std::int64_t input) {
    work.inputs.push_back(input);
    work.paths.push_back(inputs[std::size_t(input)]);
  };
  for (const std::int64_t input : results.missing()) {
    if (sidecars && sidecars->keeps_caption(input)) {
      ++work.kept;
    } else {
      add(input);
    }
  }
  if (!sidecars) return work;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(inputs.size()); ++i) {
    if (sidecars->has_caption(i)) continue;
    const std::string row = results.row_of(i);
    if (row.empty()) continue;
    try {
      sidecars->write(i, row);
    } catch (const SidecarError&) {
      add(i);  // its record becomes an error
    }
  }
  return work;
}

/// `prepare` for images whose captions can be stored with them.
PrepareFunction with_sidecars(PrepareFunction prepare, const std::optional<Sidecars>& sidecars) {
  if (!sidecars) return prepare;
  return [prepare = std::move(prepare), &sidecars](const std::string& path, float* pixels) {
    sidecars->require_writable(path);
    return prepare(path, pixels);
  };
}

}  // namespace

int run_batch(const Arguments& arguments) {
  const LoadOptions reading = load_options(arguments);
  Shard shard = shard_option(arguments);
  std::vector<std::string> inputs = list_source(arguments);
  if (shard.count > 1) {
    inputs = take_shard(inputs, arguments.get<std::vector<std::string>>("source").front(), shard);
  }
  const std::string output = require_batch_output(arguments, inputs);
  std::optional<Sidecars> sidecars;
  if (arguments.has("sidecar")) sidecars.emplace(sidecar_options(arguments), inputs);

  const Captioner captioner = load_captioner(arguments);
  CaptionOptions options = caption_options(arguments, captioner.bundle());
  RecordOptions written = record_options(arguments);
  written.min_confidence = min_confidence(arguments, captioner);
  if (written.n_best) options.search.n_best = options.search.beam;

  const std::unique_ptr<RunState> state =
      open_batch_state(arguments, output, batch_manifest(arguments, captioner, options, shard));
  const RowFormat format = row_format(format_of(arguments));
  ResultFile results = state && state->resumes() ? ResultFile::resume(output, format, inputs)
                                                 : ResultFile::create(output, format, inputs);
  const Work work = work_of(results, inputs, sidecars);

  const std::atomic<bool>& interrupted = catch_interrupts(
      "\nsaccade: interrupted; the finished records are kept, and the same command continues\n");
  const auto images = static_cast<std::int64_t>(work.paths.size());
  const std::int64_t found = static_cast<std::int64_t>(inputs.size()) - images - work.kept;
  BatchProgress progress(images, arguments.has("quiet"));
  // Ends the run, complete or not. Returns the exit code.
  const auto finish = [&] {
    results.finish();
    const std::int64_t captioned = found + images - progress.failed();
    if (state && progress.complete()) state->complete(captioned, progress.failed());
    progress.finish(found, state != nullptr);
    if (work.kept > 0 && !arguments.has("skip-existing") && !arguments.has("quiet")) {
      std::cerr << work.kept << " have a caption that is kept; --overwrite replaces it\n";
    }
    if (!progress.complete()) return 1;
    return exit_code(arguments, captioned + work.kept, progress.failed());
  };
  PipelineOptions pipeline =
      pipeline_options(arguments.get<std::int64_t>("batch-size"), captioner.workers(), images);
  // Threads in the middle of a decoder, a batch or a stalled file are not waited for.
  pipeline.while_waiting = [&] {
    if (interrupted) std::_Exit(finish());
  };
  const InputConfig& input = captioner.bundle().config.input;
  if (images > 0) {
    caption_all(
        work.paths, input.size,
        with_sidecars(with_retries(prepare_from_disk(input, reading),
                                   arguments.get<std::int64_t>("retry-errors")),
                      sidecars),
        [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
          return captioner.caption(pixels, placements, options);
        },
        [&](const BatchRecord& record) {
          const std::int64_t number = work.inputs[std::size_t(record.index)];
          const bool failed = !record.error.empty();
          const std::string row = row_of(arguments, record, written);
          // The row comes first: a file without a row would be taken for the user's.
          results.write(number, row, failed);
          if (sidecars && !failed) sidecars->write(number, row);
          progress.add(record.path, record.error);
          pipeline.while_waiting();
          return true;
        },
        pipeline);
  }
  return finish();
}

}  // namespace saccade::app
