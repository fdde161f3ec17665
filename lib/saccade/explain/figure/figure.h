#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/caption/caption.h"
#include "saccade/explain/figure/overlay.h"
#include "saccade/image/image.h"
#include "saccade/image/placement.h"
#include "saccade/image/text.h"

namespace saccade {

/// The text above a panel's image.
struct PanelText {
  std::string heading;  ///< the word
  std::string detail;   ///< p and β
};

struct PanelLayout {
  PixelRect heading, detail, picture;
};

/// The position of every part of a figure, in pixels. Boxes do not overlap and lie within the
/// figure.
struct FigureLayout {
  int width = 0, height = 0;
  PixelRect title;
  std::vector<PanelLayout> panels;  ///< in reading order
  PixelRect bar, bar_label;         ///< the color scale
};

/// The sizes and text styles of a figure, all proportional to the panel size.
struct FigureStyle {
  explicit FigureStyle(int panel_side);
  int side;       ///< the longer side of an image, pixels
  int min_width;  ///< of a panel, so that a narrow image leaves room for its text
  int gap;        ///< between panels and around the figure
  TextStyle title, heading, detail, label;
};

using MeasureText = std::function<TextSize(const std::string&, const TextStyle&, int width)>;

/// Lays out one panel for each of `texts`. The number of columns is chosen so that the figure comes
/// closest to the shape of a page. Texts wrap within their panel; a row is as high as its highest
/// text requires.
/// @param photograph_width, photograph_height  > 0: the aspect ratio of every image.
/// @param measure  measures a text: measure_text, or a substitute in tests.
FigureLayout lay_out_figure(int photograph_width, int photograph_height, const std::string& title,
                            const std::vector<PanelText>& texts, const std::string& bar_label,
                            const FigureStyle& style, const MeasureText& measure);

struct FigureOptions {
  OverlayOptions overlay;
  int panel_side = 420;                ///< the longer side of each image, pixels
  const char* map_name = "attention";  ///< what the maps show, for the scale label; not owned
};

/// A figure as in Xu et al. 2015, figure 2: the caption at the top, the image, then for
/// each word the image under its attention map with the word, p and β above it, and the color scale
/// at the bottom.
/// @throws std::invalid_argument when a map does not match the caption's grid.
Image draw_figure(const Image& photograph, const Caption& caption, const FigureOptions& options);

}  // namespace saccade
