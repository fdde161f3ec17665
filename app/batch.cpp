#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "saccade/batch/caption_archives.h"
#include "saccade/batch/decoder_process.h"
#include "saccade/batch/folder_watch.h"
#include "saccade/batch/pipeline.h"
#include "saccade/batch/preparation.h"
#include "saccade/batch/result_file.h"
#include "saccade/batch/source.h"
#include "saccade/caption/captioner.h"
#include "saccade/caption/forced_decoding.h"
#include "saccade/explain/diagnose/diagnosis.h"
#include "saccade/explain/diagnose/suspicion.h"
#include "saccade/explain/diagnose/verdict_model.h"
#include "saccade/explain/diagnose/word_analyzer.h"
#include "saccade/image/decode_memory.h"
#include "saccade/io/image_file.h"
#include "saccade/io/output_check.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"

#include "batch_options.h"
#include "batch_progress.h"
#include "batch_state.h"
#include "commands.h"
#include "engine_options.h"
#include "process.h"
#include "word_options.h"

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

/// Rejects an image whose name says that nothing can be written into it.
void require_embeddable_name(const std::string& image, bool in_archive) {
  static const std::set<std::string> kReadOnly{".avif", ".bmp", ".gif", ".heic", ".heif", ".j2k",
                                               ".jxl",  ".pbm", ".pgm", ".pnm",  ".ppm"};
  const std::string extension = lower_ascii(std::filesystem::path(image).extension().string());
  if (!in_archive && kReadOnly.count(extension) == 0) return;
  throw UsageError(
      "batch: --embed cannot write into \"" + image + "\", " +
      (in_archive ? "which is in an archive" : "as Exiv2 does not write " + extension + " files") +
      "; --exclude such files, or use --sidecar xmp");
}

/// The file that the rows of the run go to: the output, or the journal of a run with --sidecar.
/// Rejects one that would replace an input, before anything is opened.
std::string require_batch_output(const Arguments& arguments,
                                 const std::vector<std::string>& photographs) {
  std::vector<std::filesystem::path> inputs;
  for (const std::string& photograph : photographs) {
    const auto member = tar_member(photograph);
    if (arguments.has("embed")) require_embeddable_name(photograph, member.has_value());
    inputs.emplace_back(member ? member->archive : photograph);
  }
  inputs.emplace_back(source_of(arguments));
  for (auto& file : files_of_model(find_model(arguments.get<std::string>("model")))) {
    inputs.push_back(std::move(file));
  }
  if (has_sidecars(arguments)) return require_journal(arguments, inputs);
  const std::string requested = arguments.get<std::string>("output");
  const std::string output = requested == "-" ? "/dev/stdout" : requested;
  require_output_file(output, inputs);
  require_batch_rows(output, format_of(arguments) == "csv");
  return output;
}

std::vector<std::string> list_source(const Arguments& arguments) {
  const std::string source = source_of(arguments);
  const SourceOptions options = source_options(arguments);
  return source == "-" ? read_list(std::cin, "standard input", options)
                       : list_images(source, options);
}

/// What --watch watches; null without it.
std::unique_ptr<FolderWatch> watch_option(const Arguments& arguments) {
  if (!arguments.has("watch")) return nullptr;
  const std::string source = source_of(arguments);
  if (!std::filesystem::is_directory(source)) {
    throw UsageError("batch: --watch needs a folder, and \"" + source + "\" is none");
  }
  return std::make_unique<FolderWatch>(source, source_options(arguments));
}

/// `prepare` for images whose captions can be stored with them.
PrepareFunction with_sidecars(PrepareFunction prepare, const std::optional<Sidecars>& sidecars) {
  if (!sidecars) return prepare;
  return [prepare = std::move(prepare), &sidecars](const std::string& path, float* pixels) {
    sidecars->require_writable(path);
    return prepare(path, pixels);
  };
}

/// Reads and prepares the images of a run, in this process or, with --isolate, in others.
PrepareFunction prepare_function(const Arguments& arguments, const InputConfig& input,
                                 const LoadOptions& reading) {
  if (!arguments.has("isolate")) return prepare_from_disk(input, reading);
  constexpr std::int64_t kBesidePixels = std::int64_t(1) << 30;
  IsolationOptions isolation;
  isolation.program =
      std::filesystem::canonical("/proc/self/exe").parent_path() / "saccade-decoder";
  isolation.timeout =
      std::chrono::milliseconds(std::llround(1000 * arguments.get<double>("decode-timeout")));
  isolation.memory = decode_memory() + kBesidePixels;
  return prepare_in_processes(input, reading, isolation);
}

/// Diagnoses the captions that are written; empty unless --fields asks for verdicts.
ExplainFunction explain_function(const Arguments& arguments, const Captioner& captioner,
                                 const RecordOptions& written) {
  if (!written.verdicts) return {};
  const auto model = std::make_shared<const VerdictModel>(
      verdict_model_of(find_model(arguments.get<std::string>("model"))));
  const Vocabulary& vocabulary = captioner.bundle().vocabulary;
  const auto analyzer = std::make_shared<const WordAnalyzer>(
      captioner, load_word_kinds(arguments, vocabulary.words()), mean_annotation_of(*model));
  return [=, &vocabulary, least = written.min_confidence](
             const at::Tensor& pixels, const Placement& placement, const Caption& caption) {
    std::vector<WordVerdict> verdicts;
    if (caption.words.empty() || is_unsure(caption, least)) return verdicts;
    Diagnosis diagnosis = analyzer->analyze(pixels, placement, read_sentence(caption, vocabulary));
    classify(diagnosis, *model);
    for (const WordDiagnosis& word : diagnosis.words) {
      const bool analyzed = was_analyzed(word);
      verdicts.push_back({analyzed ? to_string(word.verdict) : "", word.suspicion});
    }
    return verdicts;
  };
}

CaptionOptions captioning_of(const Arguments& arguments, const Captioner& captioner) {
  CaptionOptions options = caption_options(arguments, captioner.bundle());
  if (record_options(arguments).n_best) options.search.n_best = options.search.beam;
  return options;
}

RecordOptions records_of(const Arguments& arguments, const Captioner& captioner) {
  RecordOptions options = record_options(arguments);
  options.min_confidence = min_confidence(arguments, captioner);
  return options;
}

/// A run of `batch`: its images, their results, and the model.
class BatchRun {
 public:
  explicit BatchRun(const Arguments& arguments);

  /// Captions what is missing. @return the exit code
  int run();

 private:
  std::vector<std::string> list();
  std::vector<std::int64_t> missing();
  std::vector<std::int64_t> arrived(const std::vector<std::string>& paths);
  bool has_own_file(std::int64_t input);
  bool is_archived(std::int64_t input) const;
  bool keeps_caption(std::int64_t input) const;
  void caption(const std::vector<std::int64_t>& images);
  void write(std::int64_t input, BatchRecord record);
  int finish();

  const Arguments& arguments_;
  const LoadOptions reading_;
  Shard shard_;
  const std::unique_ptr<FolderWatch> watch_;
  std::vector<std::string> inputs_;
  const std::string output_;
  std::optional<Sidecars> sidecars_;
  std::optional<CaptionArchives> archives_;
  const Captioner captioner_;
  const CaptionOptions options_;
  const RecordOptions written_;
  const std::unique_ptr<RunState> state_;
  ResultFile results_;
  const PrepareFunction prepare_;
  const ExplainFunction explain_;
  const std::atomic<bool>* interrupted_ = nullptr;
  BatchProgress progress_;
  std::int64_t found_ = 0;  // images that an earlier run captioned
  std::int64_t kept_ = 0;   // images that have a caption of the user's
  std::unordered_map<std::string, std::int64_t> numbers_;  // of the inputs, with --watch
  std::unordered_map<std::string, std::int64_t> files_;    // whose file it is, with --watch
};

BatchRun::BatchRun(const Arguments& arguments)
    : arguments_(arguments),
      reading_(load_options(arguments)),
      shard_(shard_option(arguments)),
      watch_(watch_option(arguments)),
      inputs_(list()),
      output_(require_batch_output(arguments, inputs_)),
      sidecars_(has_sidecars(arguments)
                    ? std::make_optional<Sidecars>(sidecar_options(arguments), inputs_)
                    : std::nullopt),
      archives_(sidecars_ ? std::make_optional<CaptionArchives>(sidecar_options(arguments), inputs_)
                          : std::nullopt),
      captioner_(load_captioner(arguments)),
      options_(captioning_of(arguments, captioner_)),
      written_(records_of(arguments, captioner_)),
      state_(open_batch_state(arguments, output_,
                              batch_manifest(arguments, captioner_, options_, shard_))),
      results_(state_ && state_->resumes()
                   ? ResultFile::resume(output_, row_format(format_of(arguments)), inputs_)
                   : ResultFile::create(output_, row_format(format_of(arguments)), inputs_)),
      prepare_(with_sidecars(
          with_retries(prepare_function(arguments, captioner_.bundle().config.input, reading_),
                       arguments.get<std::int64_t>("retry-errors")),
          sidecars_)),
      explain_(explain_function(arguments, captioner_, written_)),
      progress_(0, arguments.has("quiet")) {}

/// The images of the run, or of its shard.
std::vector<std::string> BatchRun::list() {
  if (watch_) return watch_->list();
  std::vector<std::string> inputs = list_source(arguments_);
  if (shard_.count > 1) inputs = take_shard(inputs, source_of(arguments_), shard_);
  return inputs;
}

/// Whether the image's caption goes into an archive of captions.
bool BatchRun::is_archived(std::int64_t input) const {
  return archives_ && archives_->holds(input);
}

/// Whether the image has a caption of the user's.
bool BatchRun::keeps_caption(std::int64_t input) const {
  if (is_archived(input)) return archives_->keeps_caption(input);
  return sidecars_ && sidecars_->keeps_caption(input);
}

/// The images without a row, and without a caption that is kept. Images that have a row, but no
/// caption in their file, get it from the row.
std::vector<std::int64_t> BatchRun::missing() {
  std::vector<std::int64_t> images;
  if (archives_) archives_->set_rows([this](std::int64_t input) { return results_.row_of(input); });
  for (const std::int64_t input : results_.missing()) {
    if (keeps_caption(input)) {
      ++kept_;
    } else {
      images.push_back(input);
    }
  }
  if (!sidecars_) return images;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(inputs_.size()); ++i) {
    if (is_archived(i) || sidecars_->has_caption(i)) continue;
    const std::string row = results_.row_of(i);
    if (row.empty()) continue;
    try {
      sidecars_->write(i, row);
    } catch (const SidecarError&) {
      images.push_back(i);  // its record becomes an error
    }
  }
  archives_->begin(images);
  return images;
}

/// Whether the caption of an image has a file of its own. If not, the image fails.
bool BatchRun::has_own_file(std::int64_t input) {
  if (!sidecars_ || is_archived(input)) return true;
  BatchRecord record;
  record.path = inputs_[std::size_t(input)];
  if (tar_member(record.path)) {
    record.error = image_name(record.path) +
                   "is in an archive that appeared during the run; run the same command again";
  } else {
    const std::string file = sidecars_->path_of(input).lexically_normal();
    const auto owner = files_.try_emplace(file, input).first->second;
    if (owner == input) return true;
    record.error = "the caption of \"" + record.path + "\" would be in " + file +
                   ", the file of \"" + inputs_[std::size_t(owner)] + "\"; use --sidecar-name full";
  }
  progress_.extend(1);
  write(input, record);
  return false;
}

/// The images that were written into the folder and have no caption.
std::vector<std::int64_t> BatchRun::arrived(const std::vector<std::string>& paths) {
  std::vector<std::int64_t> images;
  for (const std::string& path : paths) {
    const auto [at, is_new] = numbers_.try_emplace(path, static_cast<std::int64_t>(inputs_.size()));
    if (is_new) {
      inputs_.push_back(path);
      results_.extend();
    }
    const std::int64_t input = at->second;
    if (results_.has_caption(input) || !has_own_file(input)) continue;
    const bool keeps = keeps_caption(input);
    if (keeps && is_new) ++kept_;
    if (!keeps) images.push_back(input);
  }
  const bool archived = std::any_of(images.begin(), images.end(),
                                    [this](std::int64_t input) { return is_archived(input); });
  if (archived) archives_->begin(images);
  progress_.extend(static_cast<std::int64_t>(images.size()));
  return images;
}

void BatchRun::caption(const std::vector<std::int64_t>& images) {
  if (images.empty()) return;
  PipelineOptions pipeline =
      pipeline_options(arguments_, captioner_, static_cast<std::int64_t>(images.size()));
  pipeline.explain = explain_;
  // Threads in the middle of a decoder, a batch or a stalled file are not waited for.
  pipeline.while_waiting = [&] {
    if (*interrupted_) std::_Exit(finish());
  };
  caption_selected(
      inputs_, images, captioner_.bundle().config.input.size, prepare_,
      [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
        return captioner_.caption(pixels, placements, options_);
      },
      [&](const BatchRecord& record) {
        write(record.index, record);
        pipeline.while_waiting();
        return true;
      },
      pipeline);
}

void BatchRun::write(std::int64_t input, BatchRecord record) {
  std::string row = row_of(arguments_, record, written_);
  // A file of its own comes after the row, as without one it would be taken for the user's.
  const bool archived = is_archived(input);
  const bool before_row = sidecars_ && sidecars_->in_metadata() && !archived;
  if (before_row && record.error.empty()) {
    try {
      sidecars_->write(input, row);
    } catch (const SidecarError& error) {
      record.error = error.what();
      row = row_of(arguments_, record, written_);
    }
  }
  const bool failed = !record.error.empty();
  progress_.add(record.path, record.error);
  // What vanished while the folder was watched was a temporary file.
  if (failed && watch_ && !tar_member(record.path) && !std::filesystem::exists(record.path)) return;
  results_.write(input, row, failed);
  if (archived) {
    archives_->add(input);
  } else if (sidecars_ && !before_row && !failed) {
    sidecars_->write(input, row);
  }
}

/// Ends the run, complete or not.
int BatchRun::finish() {
  results_.finish();
  const auto [captioned, failed] = results_.counts();
  const bool complete = captioned + failed + kept_ == static_cast<std::int64_t>(inputs_.size());
  if (state_ && complete) state_->complete(captioned, failed);
  progress_.finish(found_, state_ != nullptr);
  const bool quiet = arguments_.has("quiet");
  if (kept_ > 0 && !arguments_.has("skip-existing") && !quiet) {
    std::cerr << kept_ << " have a caption that is kept; --overwrite replaces it\n";
  }
  if (watch_) return 0;
  return progress_.complete() ? exit_code(arguments_, captioned + kept_, failed) : 1;
}

int BatchRun::run() {
  const std::vector<std::int64_t> images = missing();
  interrupted_ = &catch_interrupts(
      "\nsaccade: interrupted; the finished records are kept, and the same command continues\n");
  const auto count = static_cast<std::int64_t>(images.size());
  found_ = static_cast<std::int64_t>(inputs_.size()) - count - kept_;
  progress_.extend(count);
  caption(images);
  if (!watch_) return finish();

  for (std::int64_t i = 0; i < static_cast<std::int64_t>(inputs_.size()); ++i) {
    numbers_.emplace(inputs_[std::size_t(i)], i);
    has_own_file(i);
  }
  progress_.clear();
  if (!arguments_.has("quiet")) {
    std::cerr << "saccade: waiting for new images in " << one_line(source_of(arguments_))
              << "; Ctrl-C ends\n";
  }
  while (!*interrupted_) {
    constexpr auto kWait = std::chrono::milliseconds(200);
    const std::vector<std::int64_t> more = arrived(watch_->wait(kWait));
    if (more.empty()) continue;
    caption(more);
    results_.flush();
  }
  return finish();
}

void write_line(const std::string& line) {
  std::cout << line << std::endl;
  if (!std::cout) throw std::runtime_error("cannot write to standard output");
}

/// Whether each line of standard input is answered as it arrives: `batch - --output -`. A shard is
/// part of a complete list, and the header of a table names no image, so they are read first.
bool answers_each_line(const Arguments& arguments) {
  if (source_of(arguments) != "-") return false;
  if (!arguments.has("output") || arguments.get<std::string>("output") != "-") return false;
  for (const char* option : {"column", "embed", "resume", "shard", "sidecar", "state", "watch"}) {
    if (arguments.has(option)) return false;
  }
  return true;
}

/// Captions the images that standard input names: for each line one line on standard output, in
/// their order, without waiting for further input.
/// @return the exit code: as for several images, but 0 with --allow-errors even if all failed
int answer_lines(const Arguments& arguments) {
  constexpr std::int64_t kBatchesAtOnce = 4;  // per worker, if that many lines have arrived
  const LoadOptions reading = load_options(arguments);
  const Captioner captioner = load_captioner(arguments);
  const CaptionOptions options = captioning_of(arguments, captioner);
  const RecordOptions written = records_of(arguments, captioner);
  const std::atomic<bool>& interrupted =
      catch_interrupts("\nsaccade: interrupted; the finished lines were written\n");
  const InputConfig& input = captioner.bundle().config.input;
  const PrepareFunction prepare = with_retries(prepare_function(arguments, input, reading),
                                               arguments.get<std::int64_t>("retry-errors"));
  const auto most = static_cast<std::size_t>(kBatchesAtOnce * captioner.workers() *
                                             arguments.get<std::int64_t>("batch-size"));
  BatchProgress progress(0, arguments.has("quiet"));
  ListStream list(STDIN_FILENO, source_options(arguments));
  if (!row_format(format_of(arguments)).header.empty()) write_line(csv_header);
  PipelineOptions pipeline;
  const auto explain = explain_function(arguments, captioner, written);
  for (;;) {
    const std::vector<std::string> paths = list.next(most);
    if (paths.empty()) break;
    const auto images = static_cast<std::int64_t>(paths.size());
    progress.extend(images);
    pipeline = pipeline_options(arguments, captioner, images);
    pipeline.explain = explain;
    pipeline.while_waiting = [&] {
      if (!interrupted) return;
      progress.finish(0, false);
      std::_Exit(1);
    };
    caption_all(
        paths, input.size, prepare,
        [&](const at::Tensor& pixels, const std::vector<Placement>& placements) {
          return captioner.caption(pixels, placements, options);
        },
        [&](const BatchRecord& record) {
          write_line(row_of(arguments, record, written));
          progress.add(record.path, record.error);
          pipeline.while_waiting();
          return true;
        },
        pipeline);
  }
  progress.finish(0, false);
  // Each failure has its line, so a program that gives only broken files has all answers.
  if (arguments.has("allow-errors")) return 0;
  return exit_code(arguments, progress.done() - progress.failed(), progress.failed());
}

}  // namespace

int run_batch(const Arguments& arguments) {
  return answers_each_line(arguments) ? answer_lines(arguments) : BatchRun(arguments).run();
}

}  // namespace saccade::app
