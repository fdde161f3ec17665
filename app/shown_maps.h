#pragma once

#include <vector>

#include "saccade/explain/maps/word_maps.h"

namespace saccade::app {

/// Replaces the caption's attention maps by maps of `kind` (option --map).
/// @return per word, the rank correlation of the two maps
std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind);

}  // namespace saccade::app
