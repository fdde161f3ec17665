#pragma once

#include <cstddef>

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/overlay.h"

namespace saccade {

/// The photograph under word i's attention, as draw_overlay lays it; the cell that hard attention
/// chose is outlined on its distribution.
/// @param photograph  the original, or it scaled.
/// @param scale_bar   whether the scale of the colours stands in the corner, see draw_scale_bar.
/// @throws std::out_of_range for a word that is not there, std::invalid_argument when the map does
/// not fill the caption's grid.
Image draw_word(const Image& photograph, const Caption& caption, std::size_t i,
                const OverlayOptions& options, bool scale_bar = false);

/// A frame of an animation that steps through the words: the sentence, below it word i with its p
/// and β, and the photograph under its attention. i = −1 is the photograph by itself. All frames
/// of a caption and photograph are of one size.
/// @param photograph  the original, or it scaled.
/// @throws std::out_of_range for a word that is not there.
Image draw_word_frame(const Image& photograph, const Caption& caption, int i,
                      const OverlayOptions& options);

}  // namespace saccade
