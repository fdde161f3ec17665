#include "saccade/explain/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "saccade/explain/figure/overlay.h"
#include "saccade/explain/figure/word_picture.h"
#include "saccade/image/text.h"

namespace saccade {
namespace {

constexpr double kPageShape = 1.5;  // width to height

int part(int side, double share) { return std::max(1, int(std::lround(side * share))); }

struct PanelSize {
  int width = 0;  // of the panel's column
  int picture_width = 0, picture_height = 0;
};

PanelSize panel_size(int width, int height, const FigureStyle& style) {
  const double scale = double(style.side) / std::max(width, height);
  PanelSize size;
  size.picture_width = part(width, scale);
  size.picture_height = part(height, scale);
  size.width = std::max(size.picture_width, style.min_width);
  return size;
}

/// The number of columns for which the figure comes closest to the page shape with few empty
/// panels.
int choose_columns(int panels, int panel_width, int panel_height, int gap) {
  int best = 1;
  double min = std::numeric_limits<double>::infinity();
  for (int columns = 1; columns <= panels; ++columns) {
    const int rows = (panels + columns - 1) / columns;
    const double shape =
        double(columns * (panel_width + gap) + gap) / double(rows * (panel_height + gap) + gap);
    const double empty = double(rows * columns - panels) / panels;
    const double cost = std::abs(std::log(shape / kPageShape)) + empty;
    if (cost < min) {
      min = cost;
      best = columns;
    }
  }
  return best;
}

/// Lays out the panels of one row with their upper edge at `top`. @return the row's lower edge.
int lay_out_row(const std::vector<PanelText>& texts, std::size_t first, std::size_t last, int top,
                const PanelSize& size, const FigureStyle& style, const MeasureText& measure,
                std::vector<PanelLayout>& panels) {
  std::vector<TextSize> headings, details;
  int above = 0;
  for (std::size_t i = first; i < last; ++i) {
    headings.push_back(measure(texts[i].heading, style.heading, size.width));
    details.push_back(measure(texts[i].detail, style.detail, size.width));
    above = std::max(above, headings.back().height + details.back().height);
  }
  const int picture_top = top + above + style.gap / 4;
  for (std::size_t i = first; i < last; ++i) {
    const int left = style.gap + int(i - first) * (size.width + style.gap);
    const TextSize heading = headings[i - first], detail = details[i - first];
    const int detail_top = picture_top - style.gap / 4 - detail.height;
    PanelLayout panel;
    panel.heading = {left, detail_top - heading.height, size.width, heading.height};
    panel.detail = {left, detail_top, size.width, detail.height};
    panel.picture = {left + (size.width - size.picture_width) / 2, picture_top, size.picture_width,
                     size.picture_height};
    panels.push_back(panel);
  }
  return picture_top + size.picture_height;
}

}  // namespace

FigureStyle::FigureStyle(int panel_side)
    : side(std::max(panel_side, 32)), min_width(part(side, 0.5)), gap(part(side, 0.08)) {
  title.size = side * 0.085;
  title.bold = true;
  title.max_lines = 6;
  heading.size = side * 0.065;
  heading.bold = true;
  heading.max_lines = 3;
  heading.centered = true;
  detail.size = side * 0.045;
  detail.color = {90, 90, 90};
  detail.max_lines = 2;
  detail.centered = true;
  label.size = side * 0.042;
  label.color = {90, 90, 90};
  label.max_lines = 3;
}

FigureLayout lay_out_figure(int photograph_width, int photograph_height, const std::string& title,
                            const std::vector<PanelText>& texts, const std::string& bar_label,
                            const FigureStyle& style, const MeasureText& measure) {
  const PanelSize size = panel_size(photograph_width, photograph_height, style);
  const int count = std::max(1, int(texts.size()));
  const int text_height = int(1.5 * (style.heading.size + style.detail.size));
  const int columns =
      choose_columns(count, size.width, size.picture_height + text_height, style.gap);
  FigureLayout layout;
  layout.width = style.gap + columns * (size.width + style.gap);
  const int inner = layout.width - 2 * style.gap;

  layout.title = {style.gap, style.gap, inner, measure(title, style.title, inner).height};
  int bottom = layout.title.y + layout.title.height;
  for (std::size_t first = 0; first < texts.size(); first += std::size_t(columns)) {
    const std::size_t last = std::min(texts.size(), first + std::size_t(columns));
    bottom = lay_out_row(texts, first, last, bottom + style.gap * 2 / 3, size, style, measure,
                         layout.panels);
  }

  const int bar_width = std::min(inner / 3, style.side);
  const int label_width = std::max(1, inner - bar_width - style.gap / 2);
  const int label_height = measure(bar_label, style.label, label_width).height;
  const int bar_height = std::max(part(style.side, 0.035), 1);
  const int row_height = std::max(label_height, bar_height);
  bottom += style.gap;
  layout.bar = {style.gap, bottom + (row_height - bar_height) / 2, bar_width, bar_height};
  layout.bar_label = {style.gap + bar_width + style.gap / 2,
                      bottom + (row_height - label_height) / 2, label_width, label_height};
  layout.height = bottom + row_height + style.gap;
  return layout;
}

namespace {

std::string two_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::vector<PanelText> panel_texts(const Caption& caption) {
  std::vector<PanelText> texts{{"", ""}};  // the image without a map
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

/// Copies the image to the upper left corner of the box, cropped to the box.
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

  const PixelRect& box = layout.panels.front().picture;  // all images have the same size
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
