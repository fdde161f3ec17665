#pragma once

#include <string>

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/overlay.h"
#include "saccade/image/image.h"

namespace saccade {

struct FigureOptions {
  OverlayOptions overlay;
  int panel_side = 420;                ///< pixels of each picture's longer side
  const char* map_name = "attention";  ///< what the maps show, for the scale's label; not owned
};

/// One figure as in the paper: the caption above, the photograph, then for each word the photograph
/// under its attention, with the word, p and β above it, and the scale of the colours below.
/// @throws std::invalid_argument when a map does not fill the caption's grid.
Image draw_figure(const Image& photograph, const Caption& caption, const FigureOptions& options);

}  // namespace saccade
