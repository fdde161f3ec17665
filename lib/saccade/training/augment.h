#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "saccade/image/box.h"
#include "saccade/image/image.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// The part of an image that augmentation keeps.
struct Cut {
  Box part{0, 0, 1, 1};   ///< in fractions of the image
  bool mirrored = false;  ///< horizontally, after cropping

  /// Converts a box of the image to fractions of the part. Nothing if the box lies outside it.
  std::optional<Box> moved(const Box& box) const;
};

/// A randomly augmented training image.
struct AugmentedImage {
  Image image;
  Cut cut;
};

/// Augments an image at random without invalidating its captions: crop, color jitter and mirroring.
/// @param captions  of the image. The image is not mirrored if one of them says left or right.
AugmentedImage augment(const Image& image, const std::vector<std::string>& captions,
                       const AugmentConfig& config, std::mt19937_64& random);

}  // namespace saccade
