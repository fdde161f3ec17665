#pragma once

#include "saccade/batch/record.h"
#include "saccade/batch/result_file.h"
#include "saccade/batch/shard.h"
#include "saccade/batch/sidecar.h"

#include "arguments.h"

namespace saccade::app {

/// The options of `batch` about results: --format, --fields, --prefix, --suffix, --template,
/// --sidecar, --sidecar-name, --embed, --skip-existing, --shard.
void add_result_options(Arguments& arguments);
/// @throws UsageError for values out of range or options that exclude each other.
void check_result_options(const Arguments& arguments);

/// What is written of each record; min_confidence is not set.
RecordOptions record_options(const Arguments& arguments);
/// The record as a row of the output.
std::string row_of(const Arguments& arguments, const BatchRecord& record,
                   const RecordOptions& options);
/// "jsonl" or "csv".
std::string format_of(const Arguments& arguments);
/// The format of that name.
RowFormat row_format(const std::string& name);
/// The shard of the run; count 1: all of it.
Shard shard_option(const Arguments& arguments);
/// The SOURCE of the run: a folder, a list, an image, or "-".
std::string source_of(const Arguments& arguments);
/// Whether the run writes a file per image: --sidecar or --embed.
bool has_sidecars(const Arguments& arguments);
/// For such a run.
SidecarOptions sidecar_options(const Arguments& arguments);

}  // namespace saccade::app
