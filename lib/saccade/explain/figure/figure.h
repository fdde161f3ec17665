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

/// What stands above a panel's picture.
struct PanelText {
  std::string heading;  ///< the word
  std::string detail;   ///< p and β
};

struct PanelLayout {
  PixelRect heading, detail, picture;
};

/// Where everything in a figure goes. Boxes do not overlap and lie within the figure.
struct FigureLayout {
  int width = 0, height = 0;
  PixelRect title;
  std::vector<PanelLayout> panels;  ///< in reading order
  PixelRect bar, bar_label;         ///< the scale of colours
};

/// The sizes and styles of a figure, all in proportion to its panels.
struct FigureStyle {
  explicit FigureStyle(int panel_side);
  int side;       ///< of a picture's longer side, pixels
  int min_width;  ///< of a panel, so that a narrow photograph leaves room for its words
  int gap;        ///< between panels, and around all
  TextStyle title, heading, detail, label;
};

using MeasureText = std::function<TextSize(const std::string&, const TextStyle&, int width)>;

/// Lays out a panel for each of `texts`, in as many columns as bring the figure nearest to the
/// shape of a page. Texts wrap within their panel; a row is as high as its highest text needs.
/// @param photograph_width, photograph_height  > 0: the shape of every picture.
/// @param measure  how large a text gets: measure_text, or a test's own.
FigureLayout lay_out_figure(int photograph_width, int photograph_height, const std::string& title,
                            const std::vector<PanelText>& texts, const std::string& bar_label,
                            const FigureStyle& style, const MeasureText& measure);

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
