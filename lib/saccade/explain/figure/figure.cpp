#include "saccade/explain/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "saccade/explain/figure/figure_layout.h"
#include "saccade/explain/figure/scale_bar.h"
#include "saccade/explain/figure/word_picture.h"
#include "saccade/image/text.h"

namespace saccade {
namespace {

std::string two_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::vector<PanelText> panel_texts(const Caption& caption) {
  std::vector<PanelText> texts{{"", ""}};  // the photograph by itself
  for (const CaptionWord& word : caption.words) {
    texts.push_back({word.word, "p " + two_decimals(word.p()) + "   β " + two_decimals(word.gate)});
  }
  return texts;
}

Image blank(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.assign(std::size_t(width) * std::size_t(height) * 3, 255);
  return image;
}

/// Copies the picture to the box's upper left corner, cut at the box.
void paste(const Image& picture, const PixelRect& box, Image& figure) {
  const int width = std::min(picture.width, box.width);
  const int height = std::min(picture.height, box.height);
  for (int y = 0; y < height; ++y) {
    std::uint8_t* to =
        figure.rgb.data() +
        (std::size_t(box.y + y) * std::size_t(figure.width) + std::size_t(box.x)) * 3;
    std::copy(picture.row(y), picture.row(y) + width * 3, to);
  }
}

}  // namespace

Image draw_figure(const Image& photograph, const Caption& caption, const FigureOptions& options) {
  const FigureStyle style(options.panel_side);
  const std::vector<PanelText> texts = panel_texts(caption);
  const std::string scale = std::string(options.map_name) + " from 0 to each word’s own maximum";
  const FigureLayout layout = lay_out_figure(photograph.width, photograph.height, caption.text,
                                             texts, scale, style, measure_text);
  Image figure = blank(layout.width, layout.height);
  draw_text(figure, caption.text, style.title, layout.title);

  const PixelRect& box = layout.panels.front().picture;  // all pictures are of one size
  const Image small = resize_to(photograph, box.width, box.height);
  for (std::size_t i = 0; i < layout.panels.size(); ++i) {
    const PanelLayout& panel = layout.panels[i];
    draw_text(figure, texts[i].heading, style.heading, panel.heading);
    draw_text(figure, texts[i].detail, style.detail, panel.detail);
    if (i == 0) {
      paste(small, panel.picture, figure);
      continue;
    }
    paste(draw_word(small, caption, i - 1, options.overlay), panel.picture, figure);
  }
  paste(color_bar(layout.bar.width, layout.bar.height, options.overlay), layout.bar, figure);
  draw_text(figure, scale, style.label, layout.bar_label);
  return figure;
}

}  // namespace saccade
