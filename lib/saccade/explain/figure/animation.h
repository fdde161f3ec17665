#pragma once

#include <functional>
#include <string>

#include "saccade/image/image.h"

namespace saccade {

/// An animated GIF that repeats for ever, as the bytes of a file. A GIF plays in every program
/// that shows pictures, slides and chats among them; each frame has the 256 colours that suit it
/// best.
/// @param frames   > 0.
/// @param frame    yields frame i; asked for one after the other, so that one is held at a time.
///                 All are of one size, at most 65,535 pixels a side.
/// @param seconds  > 0: how long each frame stands.
/// @throws std::invalid_argument for no frames, frames of different sizes or a time that is not
/// positive; std::runtime_error when encoding fails.
std::string encode_gif(int frames, const std::function<Image(int)>& frame, double seconds);

}  // namespace saccade
