#pragma once

#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// Resamples the part `from` of `image` to width × height. The part may start and end within
/// pixels. The result is three planes of values in 0…255, not rounded: out[c * plane + y * stride +
/// x].
///
/// The filter is a separable triangle filter, antialiased when it shrinks. For each axis, let n be
/// the length of the part, m the length of the result, x the start of the part and
/// s = max(n / m, 1). Output i is the weighted mean of the pixels j in the part, with weights
/// proportional to max(0, 1 − |j + ½ − (x + (i + ½)·n/m)| / s). Pixels outside the part are not
/// used. For enlarging, this is bilinear interpolation. It matches PyTorch's
/// interpolate(mode="bilinear", antialias=True, align_corners=False) and Pillow's BILINEAR.
void resample(const Image& image, const Rect& from, int width, int height, float* out,
              std::size_t stride, std::size_t plane);

}  // namespace saccade
