#pragma once

#include <opencv2/core/mat.hpp>

#include "saccade/io/byte_view.h"

namespace saccade {

/// Decodes a PNG file: grey, BGR or BGRA of 8 or 16 bits, palettes and transparent colours
/// expanded. Like cv::imdecode, but prints no warnings.
/// @throws std::runtime_error with libpng's reason.
cv::Mat decode_png(ByteView bytes);

}  // namespace saccade
