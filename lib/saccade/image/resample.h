#pragma once

#include "saccade/image/image.h"

namespace saccade {

/// A rectangle of whole pixels within an image.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;
};

/// Resamples the part `from` of `image` to width × height, written as three planes of values 0…255:
/// out[c * plane + y * stride + x].
///
/// The filter is a triangle, antialiased when it shrinks, on each axis by itself. With
/// n the length of the part, m that of the result and s = max(n / m, 1), output i is the mean of
/// the part's pixels j with weights max(0, 1 − |j + ½ − (i + ½)·n/m| / s), divided by their sum
/// over the pixels that exist. Nothing outside the part is looked at, and nothing is rounded to
/// integers. This is bilinear interpolation when it enlarges, and is what PyTorch's
/// interpolate(mode="bilinear", antialias=True, align_corners=False) and Pillow's BILINEAR do.
void resample(const Image& image, const PixelRect& from, int width, int height, float* out,
              std::size_t stride, std::size_t plane);

}  // namespace saccade
