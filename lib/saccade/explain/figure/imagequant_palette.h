#pragma once

#include "saccade/image/palette.h"

namespace saccade {

/// As reduce_colors, by libimagequant. Only in builds with SACCADE_WITH_IMAGEQUANT: that library is
/// under the GPL, and so is a program that is linked with it.
/// @throws std::runtime_error when it fails.
IndexedImage reduce_colors_by_imagequant(const Image& image);

}  // namespace saccade
