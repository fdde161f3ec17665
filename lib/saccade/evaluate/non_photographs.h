#pragma once

#include <cstdint>

#include "saccade/image/image.h"

namespace saccade {

/// A picture that is no photograph, made by chance from a seed: by turns noise, a gradient, a
/// drawing of lines and shapes, a page of text, and a window with boxes and labels. What a model of
/// photographs cannot know, for calibration and tests.
Image non_photograph(std::uint64_t seed);

}  // namespace saccade
