#pragma once

#include <cstdint>
#include <vector>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The size of the picture: that of the screen, which the first frame may enlarge.
struct GifSize {
  std::int64_t width = 0, height = 0;
};
GifSize read_gif_size(ByteView bytes);

/// Which pixels are drawn when a frame of a GIF is shown. The others are transparent, although
/// libvips shows them in black or in the background color if no frame has a transparent color.
/// @param frame  ≥ 1
/// @return width × height values, row by row
std::vector<bool> drawn_pixels(ByteView bytes, int frame, int width, int height);

}  // namespace saccade
