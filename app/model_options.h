#pragma once

#include "saccade/caption/captioner.h"

#include "arguments.h"

namespace saccade::app {

/// The model that the options name, on their device, with their threads set.
Captioner load_captioner(const Arguments& arguments);

/// The search that the options ask for; what they leave open is as the bundle says.
CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle);
/// The same, what they leave open being as in `otherwise`.
CaptionOptions caption_options(const Arguments& arguments, CaptionOptions otherwise);

/// The confidence below which a caption is not given; 0: none.
/// @throws UsageError when it is asked for and the model has no calibration
double min_confidence(const Arguments& arguments, const Captioner& captioner);

}  // namespace saccade::app
