#pragma once

#include <array>
#include <string>
#include <vector>

#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// How an image is fitted to a square.
enum class Fit {
  squash,       ///< each axis scaled separately: shows all, does not keep the aspect ratio
  center_crop,  ///< short side scaled to S, then center crop, as in the code of Xu et al. 2015
  pad           ///< long side scaled to S, centered, padded with the mean color (normalized: 0)
};

const char* to_string(Fit fit);
/// @throws std::invalid_argument if the name is not squash, center_crop or pad.
Fit fit_from_string(const std::string& name);

constexpr int kLargestInput = 4096;  ///< maximum S

/// The input that the encoder expects. Stored in the bundle, so that training and inference agree.
struct InputConfig {
  int size = 224;  ///< S, pixels, 1 … kLargestInput
  Fit fit = Fit::squash;
  std::array<float, 3> mean{0.485f, 0.456f, 0.406f};  ///< RGB, for values in 0…1
  std::array<float, 3> std{0.229f, 0.224f, 0.225f};
};

/// The encoder's input and its placement in the original image.
struct PreparedImage {
  std::vector<float> pixels;  ///< 3×S×S, RGB planes, (value / 255 − mean) / std
  Placement placement;
};

/// Resizes, fits and normalizes an image of W×H pixels. The filter is a separable triangle filter,
/// antialiased when it shrinks, and bilinear interpolation when it enlarges: that of PyTorch's
/// interpolate(mode="bilinear", antialias=True, align_corners=False). With
///   squash       the whole image is scaled to S×S;
///   center_crop  its central square is scaled to S×S: side min(W, H), upper left corner
///                (⌊(W − side)/2⌋, ⌊(H − side)/2⌋);
///   pad          the whole image is scaled to round(W·S/max) × round(H·S/max), at least 1, with
///                max = max(W, H), and its upper left corner is put at (⌊(S − width)/2⌋,
///                ⌊(S − height)/2⌋).
/// For a reduced image, the placement is that in the original.
/// @throws std::invalid_argument for an empty image or a size below 1.
PreparedImage prepare(const Image& image, const InputConfig& config);

/// The same, but writes the 3·S·S floats to `out`, e.g. into a batch.
Placement prepare_into(const Image& image, const InputConfig& config, float* out);

/// The part of an image that is scaled to a part of the encoder's input.
struct Fitting {
  PixelRect from;  ///< of the image
  PixelRect to;    ///< of the input
};

/// @param width, height  of the image, ≥ 1
Fitting fit_image(int width, int height, const InputConfig& config);

/// The placement that `prepare` returns for an image of this size.
Placement placement_of(int width, int height, const InputConfig& config);

/// The factor per axis by which an image of this size may be reduced when decoding, so that
/// `prepare` gives nearly the same input: a power of 2; 1 if all pixels are needed.
int reduction_for(int width, int height, const InputConfig& config);

}  // namespace saccade
