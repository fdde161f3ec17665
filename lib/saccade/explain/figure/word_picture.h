#pragma once

#include <cstddef>

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/overlay.h"

namespace saccade {

/// The image under the attention map of word i (see draw_overlay). If hard attention chose a cell,
/// the cell is outlined.
/// @param photograph  the original image or a scaled copy.
/// @param i           0…T − 1.
/// @param scale_bar   whether to draw the color scale into the corner, see draw_scale_bar.
/// @throws std::out_of_range for an i ≥ T; std::invalid_argument when the map does not match the
///         caption's grid.
Image draw_word(const Image& photograph, const Caption& caption, std::size_t i,
                const OverlayOptions& options, bool scale_bar = false);

/// A frame of an animation that steps through the words: the sentence, below it word i with its p
/// and β, and the image under its attention map. All frames of a caption and image have the same
/// size.
/// @param photograph  the original image or a scaled copy.
/// @param i           0…T − 1; −1: the image without a map.
/// @throws std::out_of_range for an i ≥ T.
Image draw_word_frame(const Image& photograph, const Caption& caption, int i,
                      const OverlayOptions& options);

}  // namespace saccade
