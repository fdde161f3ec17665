#pragma once

#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// Resamples the part `from` of `image`, which may begin and end within pixels, to width × height,
/// written as three planes of values 0…255: out[c * plane + y * stride + x].
///
/// The filter is a triangle, antialiased when it shrinks, on each axis by itself. With
/// n the length of the part, m that of the result and s = max(n / m, 1), output i is the mean of
/// the pixels j that the part touches with weights max(0, 1 − |j + ½ − (x + (i + ½)·n/m)| / s),
/// x being the part's begin, divided by their sum. No pixel outside the part is looked at, and
/// nothing is rounded to integers. This is bilinear interpolation when it enlarges, and is what
/// PyTorch's interpolate(mode="bilinear", antialias=True, align_corners=False) and Pillow's
/// BILINEAR do.
void resample(const Image& image, const Rect& from, int width, int height, float* out,
              std::size_t stride, std::size_t plane);

}  // namespace saccade
