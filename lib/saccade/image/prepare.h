#pragma once

#include <array>
#include <string>
#include <vector>

#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// How a photograph is brought to a square.
enum class Fit {
  squash,       ///< each axis scaled on its own: all of it is seen, its aspect ratio is not kept
  center_crop,  ///< short side to S, then the centre, as in the paper's code: the ends are not seen
  pad  ///< long side to S, centred; the rest filled with the mean colour (0 after normalization)
};

const char* to_string(Fit fit);
/// @throws std::invalid_argument for a name that is none of squash, center_crop, pad.
Fit fit_from_string(const std::string& name);

constexpr int kLargestInput = 4096;  ///< S of any bundle, at most

/// What the encoder expects. Part of the bundle: use and training share it.
struct InputConfig {
  int size = 224;  ///< S, pixels, 1 … kLargestInput
  Fit fit = Fit::squash;
  std::array<float, 3> mean{0.485f, 0.456f, 0.406f};  ///< RGB, of values in 0…1
  std::array<float, 3> std{0.229f, 0.224f, 0.225f};
};

/// The encoder's input and the way back to the original.
struct PreparedImage {
  std::vector<float> pixels;  ///< 3×S×S, RGB planes, (value / 255 − mean) / std
  Placement placement;
};

/// Resizes, fits and normalizes. The resampling is that of resample.h (a triangle filter,
/// antialiased when it shrinks, without rounding to integers), applied
///   squash       to the whole photograph,
///   center_crop  to its central square: side min(W, H), upper left corner ⌊(W − side)/2⌋, ⌊(H −
///   side)/2⌋, pad          to the whole photograph, brought to round(W·S/max), round(H·S/max), at
///   least 1, and
///                placed at ⌊(S − width)/2⌋, ⌊(S − height)/2⌋.
/// Of an image that was decoded smaller it gives the placement on the photograph itself.
/// @throws std::invalid_argument for an empty image or a size below 1.
PreparedImage prepare(const Image& image, const InputConfig& config);

/// The same into `out`, which holds 3·S·S floats: the place of the image in a batch.
Placement prepare_into(const Image& image, const InputConfig& config, float* out);

/// How many times smaller a photograph of this size may be decoded, on each axis, for `prepare` to
/// give nearly the same input: a power of 2; 1 when all its pixels are needed.
int reduction_for(int width, int height, const InputConfig& config);

}  // namespace saccade
