#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/data/dataset_listing.h"

#include "arguments.h"

namespace saccade::app {

/// --data, --format and --images.
void add_dataset_options(Arguments& arguments);
/// The same for a command that takes several data sets: each option may be repeated.
void add_datasets_options(Arguments& arguments);
/// These, and --share and --validation-weight.
void add_mixture_options(Arguments& arguments);

/// Where the data set is that these options name.
/// @throws UsageError without --data or with a --format that there is none of
DatasetSource dataset_source(const Arguments& arguments);

/// What the options of add_mixture_options say of each data set.
struct MixtureOption {
  DatasetSource source;
  double share = 1, validation_weight = 1;
};

/// The data sets that the options of add_datasets_options and add_mixture_options name.
/// @throws UsageError as dataset_source does, or when an option is given more or fewer times than
///         --data
std::vector<MixtureOption> mixture_options(const Arguments& arguments);

/// The files of captions and lists that make up a data set: no output may replace one of them.
std::vector<std::filesystem::path> files_of_dataset(const DatasetSource& source);

/// The first ten on stderr, and how many more there are.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace saccade::app
