#pragma once

#include <filesystem>
#include <string>
#include <vector>

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

/// Calls load_image and prints a warning about the file to stderr.
Image load_photograph(const std::string& path, const LoadOptions& options);

/// Replaces the caption's attention maps by maps of `kind` (option --map).
/// @return per word, the rank correlation of the two maps
std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind);

/// Lists the data sets of the options (see mixture_options).
/// @throws UsageError as mixture_options does, std::runtime_error as list_dataset does
std::vector<MixtureSource> mixture_sources(const Arguments& arguments);

}  // namespace saccade::app
