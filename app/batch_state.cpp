#include "batch_state.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "saccade/caption/calibration.h"
#include "saccade/explain/diagnose/verdict_model.h"
#include "saccade/io/output_check.h"
#include "saccade/io/sha256.h"
#include "saccade/io/staging_folder.h"
#include "saccade/io/tar_file.h"
#include "saccade/io/unicode.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/instruction_set.h"

#include "batch_options.h"
#include "engine_options.h"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// config.json has the hashes of the vocabulary and the weights.
std::string model_hash(const fs::path& folder, bool with_verdicts) {
  return sha256(contents(folder / bundle_file::kConfig) + '\0' +
                contents(folder / kCalibrationFile) +
                (with_verdicts ? '\0' + contents(folder / kVerdictFile) : ""));
}

std::vector<std::string> command_line() {
  std::vector<std::string> words;
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  for (std::string word; std::getline(in, word, '\0');) words.push_back(valid_utf8(word));
  if (!words.empty()) words.front() = "saccade";
  return words;
}

/// What decides which images there are and what their results are. The number of threads, the batch
/// size and the memory do not.
nlohmann::ordered_json result_options(const Arguments& arguments, const CaptionOptions& options) {
  using Names = std::vector<std::string>;
  nlohmann::ordered_json json;
  json["SOURCE"] = path_text(source_of(arguments));
  const auto add_names = [&](const char* name) {
    if (!arguments.has(name)) return;
    auto& list = json[std::string("--") + name] = nlohmann::ordered_json::array();
    for (const std::string& one : arguments.get<Names>(name)) list.push_back(valid_utf8(one));
  };
  add_names("include");
  add_names("exclude");
  for (const char* name : {"hidden", "null", "allow-truncated"}) {
    if (arguments.has(name)) json[std::string("--") + name] = true;
  }
  if (arguments.has("column")) json["--column"] = valid_utf8(arguments.get<std::string>("column"));
  if (arguments.has("min-confidence")) {
    json["--min-confidence"] = arguments.get<double>("min-confidence");
  }
  if (arguments.has("sidecar")) {
    json["--sidecar"] = arguments.get<std::string>("sidecar");
    json["--sidecar-name"] = sidecar_options(arguments).full_name ? "full" : "stem";
    if (arguments.has("output")) {
      json["--output"] = path_text(arguments.get<std::string>("output"));
    }
  } else if (arguments.has("embed")) {
    json["--embed"] = true;
  } else {
    json["--format"] = format_of(arguments);
  }
  json["--fields"] = arguments.get<std::string>("fields");
  json["--template"] = valid_utf8(record_options(arguments).text);
  if (arguments.has("shard")) json["--shard"] = arguments.get<std::string>("shard");
  add_caption_options(json, arguments, options);
  return json;
}

}  // namespace

void add_caption_options(nlohmann::ordered_json& json, const Arguments& arguments,
                         const CaptionOptions& options) {
  json["--frame"] = arguments.get<std::int64_t>("frame");
  const WordConstraints& words = options.search.constraints;
  json["--beam"] = options.search.beam;
  json["--length-penalty"] = options.search.length_penalty;
  json["--max-length"] = words.max_length;
  json["--min-length"] = words.min_length;
  json["--no-repeat-ngram"] = words.no_repeat_ngram;
  json["--repeat-penalty"] = words.repeat_penalty;
}

RunManifest batch_manifest(const Arguments& arguments, const Captioner& captioner,
                           const CaptionOptions& options, const Shard& shard) {
  RunManifest manifest = run_manifest(arguments, captioner, result_options(arguments, options),
                                      record_options(arguments).verdicts);
  manifest.shard = shard;
  return manifest;
}

RunManifest run_manifest(const Arguments& arguments, const Captioner& captioner,
                         nlohmann::ordered_json options, bool verdicts) {
  RunManifest manifest;
  manifest.program = SACCADE_VERSION;
  manifest.command = command_line();
  manifest.options = std::move(options);
  manifest.model = valid_utf8(arguments.get<std::string>("model"));
  manifest.model_sha256 = model_hash(find_model(arguments.get<std::string>("model")), verdicts);
  const at::Device device = captioner.bundle().device();
  manifest.cpu = device.is_cpu() ? to_string(instruction_set()) : "cuda";
  manifest.precision = "float32";
  return manifest;
}

std::string require_journal(const Arguments& arguments, const std::vector<fs::path>& inputs) {
  if (arguments.has("state")) {
    const std::string state = arguments.get<std::string>("state");
    require_output_file(state, inputs);
    return state + ".jsonl";
  }
  fs::path folder = source_of(arguments);
  std::string name = "captions.jsonl";
  if (arguments.has("output")) {
    folder = arguments.get<std::string>("output");
    require_output_folder(folder, inputs);
  } else if (has_tar_extension(folder.native()) && fs::is_regular_file(folder)) {
    name = folder.filename().string() + ".jsonl";
    folder = folder.parent_path();
  } else if (!fs::is_directory(folder)) {
    throw UsageError(
        "batch: SOURCE is neither a folder nor a tar archive, so --sidecar and --embed need "
        "--state "
        "FILE, the file for the state of the run");
  }
  make_folder(folder / ".saccade");
  return folder / ".saccade" / name;
}

std::unique_ptr<RunState> open_batch_state(const Arguments& arguments, const fs::path& output,
                                           const RunManifest& manifest) {
  std::error_code error;
  const fs::file_status status = fs::status(output, error);
  if (descriptor_of(output) || (fs::exists(status) && !fs::is_regular_file(status))) {
    if (!arguments.has("resume") && !arguments.has("state")) return nullptr;
    throw UsageError(
        "a run that writes to standard output, a pipe or a device cannot be resumed; "
        "give --output the name of a file, or leave out --resume and --state");
  }
  const fs::path file = arguments.has("state") ? fs::path(arguments.get<std::string>("state"))
                                               : fs::path(output.string() + ".saccade.json");
  if (arguments.has("state")) require_output_file(file, {output});
  const RunState::Permission permission{arguments.has("force"), arguments.has("overwrite")};
  return std::make_unique<RunState>(file, output, manifest, permission);
}

}  // namespace saccade::app
