#pragma once

#include <string>

#include "saccade/image/image.h"
#include "saccade/image/placement.h"

namespace saccade {

/// The style of a text. Sizes are in pixels.
struct TextStyle {
  double size = 16;  ///< em size of the font
  bool bold = false;
  Color color{0, 0, 0};
  int max_lines = 1;      ///< longer text ends with an ellipsis
  bool centered = false;  ///< false: left-aligned
};

struct TextSize {
  int width = 0, height = 0;
};

/// The size of a UTF-8 text that is broken into lines of at most `width` pixels, preferably between
/// words. Pango lays out the text, in any script, with the installed fonts. Invalid UTF-8 is shown
/// as replacement characters.
TextSize measure_text(const std::string& text, const TextStyle& style, int width);

/// Draws a text into the box, clipped to the box and the image.
void draw_text(Image& image, const std::string& text, const TextStyle& style, const PixelRect& box);

}  // namespace saccade
