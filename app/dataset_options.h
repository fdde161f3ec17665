#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/data/dataset_listing.h"

#include "arguments.h"

namespace saccade::app {

/// --data, --format, --images, --holdout and --holdout-seed.
void add_dataset_options(Arguments& arguments);
/// The same options for commands that take several data sets; the first three are repeatable.
void add_datasets_options(Arguments& arguments);
/// The options of add_datasets_options, and --share and --validation-weight.
void add_mixture_options(Arguments& arguments);

/// The data set that the options of add_dataset_options name.
/// @throws UsageError if --data is missing or --format is unknown
DatasetSource dataset_source(const Arguments& arguments);

/// The holdout of --holdout and --holdout-seed; nothing without --holdout.
std::optional<Holdout> holdout_option(const Arguments& arguments);

/// One data set of the options of add_mixture_options.
struct MixtureOption {
  DatasetSource source;
  double share = 1;              ///< mean uses of a training image per epoch, 0…1000
  double validation_weight = 1;  ///< weight of the dev split, 0…1000
};

/// The data sets that the options of add_datasets_options or add_mixture_options name.
/// @throws UsageError as dataset_source does, or if an option is not given once per --data
std::vector<MixtureOption> mixture_options(const Arguments& arguments);

/// The caption files and split lists of a data set, which no output may replace.
std::vector<std::filesystem::path> files_of_dataset(const DatasetSource& source);

/// Prints the first ten warnings to stderr, and the number of the others.
void print_warnings(const std::vector<std::string>& warnings);

}  // namespace saccade::app
