#pragma once

#include <opencv2/core/mat.hpp>

#include "saccade/io/byte_view.h"

namespace saccade {

/// Decodes a PNG file to grayscale, BGR or BGRA with 8 or 16 bits. Palettes and transparent colors
/// are expanded. Like cv::imdecode, but prints no warnings.
/// @throws std::runtime_error with libpng's message.
cv::Mat decode_png(ByteView bytes);

}  // namespace saccade
