#pragma once

#include <functional>
#include <string>

#include "saccade/image/image.h"

namespace saccade {

/// An animated GIF that loops forever, as the bytes of a file. Each frame has its own palette of
/// 256 colors.
/// @param frames   > 0.
/// @param frame    returns frame i. Called in order, so that only one frame is in memory.
///                 All frames have the same size, at most 65,535 pixels a side.
/// @param seconds  how long each frame is shown, > 0 and < 600.
/// @throws std::invalid_argument for no frames, frames of different or unsupported sizes, or
///         seconds out of range; std::runtime_error when encoding fails.
std::string encode_gif(int frames, const std::function<Image(int)>& frame, double seconds);

}  // namespace saccade
