#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "saccade/image/box.h"
#include "saccade/image/image.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// Which part of a photograph is shown, and how.
struct Cut {
  Box part{0, 0, 1, 1};
  bool mirrored = false;  ///< after it was cut out

  /// A box of the photograph in shares of the part; nothing when it shows none of it.
  std::optional<Box> moved(const Box& box) const;
};

/// A training photograph changed at random.
struct AugmentedImage {
  Image image;
  Cut cut;
};

/// Changes a photograph in ways that keep its captions true.
/// @param captions  of the photograph: one that says left or right forbids the flip.
AugmentedImage augment(const Image& image, const std::vector<std::string>& captions,
                       const AugmentConfig& config, std::mt19937_64& random);

}  // namespace saccade
