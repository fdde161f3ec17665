#pragma once

#include <string>

#include "saccade/image/color.h"
#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// How a text is set. Sizes are in pixels.
struct TextStyle {
  double size = 16;  ///< of the font's em
  bool bold = false;
  Color color{0, 0, 0};
  int max_lines = 1;      ///< what does not fit ends in an ellipsis
  bool centered = false;  ///< within the box, else from its left
};

struct TextSize {
  int width = 0, height = 0;
};

/// The size of a UTF-8 text broken into lines of at most `width` pixels, between words where
/// possible and within them where not. Any script: set by Pango with the fonts installed. Bytes
/// that are not UTF-8 show as replacement characters.
TextSize measure_text(const std::string& text, const TextStyle& style, int width);

/// Draws it into the box; nothing is drawn outside, nor outside the image.
void draw_text(Image& image, const std::string& text, const TextStyle& style, const PixelRect& box);

}  // namespace saccade
