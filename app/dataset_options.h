#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/data/dataset_listing.h"

#include "arguments.h"

namespace saccade::app {

/// --data, --format and --images.
void add_dataset_options(Arguments& arguments);

/// Where the data set is that these options name.
/// @throws UsageError without --data or with a --format that there is none of
DatasetSource dataset_source(const Arguments& arguments);

/// The files of captions and lists that make up a data set: no output may replace one of them.
std::vector<std::filesystem::path> files_of_dataset(const DatasetSource& source);

/// The first ten on stderr, and how many more there are.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace saccade::app
