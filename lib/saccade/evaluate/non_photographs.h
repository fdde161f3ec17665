#pragma once

#include <cstdint>

#include "saccade/image/image.h"

namespace saccade {

/// A random image that is not a photograph. The seed modulo 5 selects noise, a gradient, a drawing
/// of lines and shapes, a page of text, or a window with boxes and labels. For calibration and
/// tests with inputs unlike the training data.
/// @return 320×320 pixels.
Image non_photograph(std::uint64_t seed);

}  // namespace saccade
