#pragma once

#include "saccade/caption/captioner.h"

#include "arguments.h"

namespace saccade::app {

/// Loads --model on --device and sets --threads.
Captioner load_captioner(const Arguments& arguments);

/// The search options, with the bundle's decoding settings as defaults.
CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle);
/// The search options, with `otherwise` as defaults.
CaptionOptions caption_options(const Arguments& arguments, CaptionOptions otherwise);

/// --min-confidence, below which a caption is "unsure"; 0 if not given.
/// @throws UsageError if it is given and the model has no calibration
double min_confidence(const Arguments& arguments, const Captioner& captioner);

}  // namespace saccade::app
