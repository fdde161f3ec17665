#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "saccade/batch/pipeline.h"
#include "saccade/batch/source.h"
#include "saccade/caption/captioner.h"
#include "saccade/explain/maps/word_maps.h"
#include "saccade/image/image.h"
#include "saccade/training/mixture.h"

#include "arguments.h"

namespace saccade::app {

// Reads the options that several commands of the engine share, and loads what they name.

/// Finds a bundle.
/// @param name  a path, or the name of a bundle in the installed models or the source tree
/// @throws std::runtime_error naming the searched folders
std::filesystem::path find_model(const std::string& name);

/// The files of a bundle's folder, which no output may replace.
std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& folder);

/// Loads --model on --device and sets --threads.
Captioner load_captioner(const Arguments& arguments);

/// The search options, with the bundle's decoding settings as defaults.
CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle);
/// The search options, with `otherwise` as defaults.
CaptionOptions caption_options(const Arguments& arguments, CaptionOptions otherwise);

/// --min-confidence, below which a caption is "unsure"; 0 if not given.
/// @throws UsageError if it is given and the model has no calibration
double min_confidence(const Arguments& arguments, const Captioner& captioner);

/// The load options from the options of add_photograph_options. Sets the decode memory limit of the
/// whole process.
LoadOptions load_options(const Arguments& arguments);

/// How the images of a source are found, from those of the options --include, --exclude, --hidden,
/// --column and --null that the command has.
SourceOptions source_options(const Arguments& arguments);

/// Batches of at most --batch-size images for each worker of the captioner.
/// @param images  in the run
PipelineOptions pipeline_options(const Arguments& arguments, const Captioner& captioner,
                                 std::int64_t images);

/// Calls load_image and prints a warning about the file to stderr.
Image load_photograph(const std::string& path, const LoadOptions& options);

/// Replaces the caption's attention maps by maps of `kind` (option --map).
/// @return per word, the rank correlation of the two maps
std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind);

/// The holdout of --holdout, else the one that the model in the folder `model` was trained with.
/// @param model  may be empty: no model
std::optional<Holdout> holdout_of(const Arguments& arguments, const std::filesystem::path& model);

/// Lists the data set of the options (see dataset_source) with the holdout of holdout_of. Reports
/// images that are held out on stderr.
/// @throws UsageError as dataset_source does, or if --holdout is given although there is a dev
/// split;
///         std::runtime_error as list_dataset does
DatasetListing listed_data(const Arguments& arguments, const std::filesystem::path& model);

/// The same for several data sets (see mixture_options), at least one of which needs --holdout if
/// it is given.
std::vector<MixtureSource> mixture_sources(const Arguments& arguments,
                                           const std::filesystem::path& model);

}  // namespace saccade::app
