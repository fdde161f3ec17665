#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "saccade/batch/run_state.h"
#include "saccade/caption/captioner.h"

#include "arguments.h"

namespace saccade::app {

/// Adds the options of a caption that its text depends on.
void add_caption_options(nlohmann::ordered_json& json, const Arguments& arguments,
                         const CaptionOptions& options);

/// The manifest of a run of these arguments.
/// @param options   those that results depend on, name to value
/// @param verdicts  whether results have verdicts
RunManifest run_manifest(const Arguments& arguments, const Captioner& captioner,
                         nlohmann::ordered_json options, bool verdicts = false);

/// The manifest of a run of `batch` with these arguments.
RunManifest batch_manifest(const Arguments& arguments, const Captioner& captioner,
                           const CaptionOptions& options, const Shard& shard);

/// The journal of a run with --sidecar: the rows of all images, in the folder .saccade of the
/// output folder or of SOURCE or beside SOURCE, a tar archive; or beside --state. Creates that
/// folder.
/// @throws UsageError if SOURCE is no such thing and there is neither --state nor --output.
std::string require_journal(const Arguments& arguments,
                            const std::vector<std::filesystem::path>& inputs);

/// The state of the run: locked, and permitted to continue or replace the output. Null for an
/// output that cannot be continued: a pipe, a device, or standard output.
std::unique_ptr<RunState> open_batch_state(const Arguments& arguments,
                                           const std::filesystem::path& output,
                                           const RunManifest& manifest);

}  // namespace saccade::app
