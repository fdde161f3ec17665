#pragma once

#include "saccade/captioner.h"

#include "arguments.h"

namespace saccade::app {

/// The model that the options name, on their device, with their threads set.
Captioner load_captioner(const Arguments& arguments);

/// The search that the options ask for; what they leave open is as the bundle says.
CaptionOptions caption_options(const Arguments& arguments, const Bundle& bundle);

}  // namespace saccade::app
