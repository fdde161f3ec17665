#pragma once

#include <random>
#include <string>
#include <vector>

#include "saccade/image/image.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// A training photograph changed at random in ways that keep its captions true.
/// @param captions  of the photograph: one that says left or right forbids the flip.
Image augment(const Image& image, const std::vector<std::string>& captions,
              const AugmentConfig& config, std::mt19937_64& random);

}  // namespace saccade
