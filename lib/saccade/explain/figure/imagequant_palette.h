#pragma once

#include "saccade/image/palette.h"

namespace saccade {

/// Like reduce_colors, but with libimagequant. Only in builds with SACCADE_WITH_IMAGEQUANT:
/// libimagequant is licensed under the GPL, and so is a program linked with it.
/// @throws std::runtime_error when libimagequant fails.
IndexedImage reduce_colors_by_imagequant(const Image& image);

}  // namespace saccade
