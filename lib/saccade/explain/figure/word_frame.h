#pragma once

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/overlay.h"

namespace saccade {

/// A frame of an animation that steps through the words: the sentence, below it word i with its p
/// and β, and the photograph under its attention. i = −1 is the photograph by itself. All frames
/// of a caption and photograph are of one size.
/// @param photograph  the original, or it scaled.
/// @throws std::out_of_range for a word that is not there.
Image draw_word_frame(const Image& photograph, const Caption& caption, int i,
                      const OverlayOptions& options);

}  // namespace saccade
