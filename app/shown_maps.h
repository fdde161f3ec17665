#pragma once

#include <vector>

#include "saccade/explain/maps/word_maps.h"

namespace saccade::app {

/// Puts the maps that --map asks for in the place of the caption's own.
/// @return per word the rank correlation of the two.
std::vector<double> show_maps(const Captioner& captioner, const Image& photograph, Caption& caption,
                              MapKind kind);

}  // namespace saccade::app
