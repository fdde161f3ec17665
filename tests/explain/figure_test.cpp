#include "saccade/explain/figure/figure.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

bool overlap(const PixelRect& a, const PixelRect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

std::vector<PixelRect> boxes_of(const FigureLayout& layout) {
  std::vector<PixelRect> boxes{layout.title, layout.bar, layout.bar_label};
  for (const PanelLayout& panel : layout.panels) {
    boxes.push_back(panel.heading);
    boxes.push_back(panel.detail);
    boxes.push_back(panel.picture);
  }
  return boxes;
}

void expect_sound(const FigureLayout& layout, const std::string& what) {
  const auto boxes = boxes_of(layout);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_GE(boxes[i].x, 0) << what;
    EXPECT_GE(boxes[i].y, 0) << what;
    EXPECT_LE(boxes[i].x + boxes[i].width, layout.width) << what;
    EXPECT_LE(boxes[i].y + boxes[i].height, layout.height) << what;
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(overlap(boxes[i], boxes[j])) << what << i << "," << j;
  }
}

std::vector<PanelText> texts(std::size_t words, const std::string& word) {
  std::vector<PanelText> out{{"", ""}};
  for (std::size_t i = 0; i < words; ++i) out.push_back({word, "p 0.50   β 0.25"});
  return out;
}

TEST(FigureLayout, KeepsBoxesDisjointAndInsideForAnyNumberOfWordsAndShape) {
  const FigureStyle style(200);
  for (const std::size_t words : {0, 1, 5, 30}) {
    for (const auto& [width, height] :
         {std::pair{300, 200}, {200, 600}, {30000, 200}, {1, 1}, {2, 3000}}) {
      for (const std::string word :
           {"dog", "Donaudampfschifffahrtsgesellschaftskapitän", "черепаха"}) {
        std::string title;
        for (std::size_t i = 0; i < words; ++i) title += word + " ";
        expect_sound(
            lay_out_figure(width, height, title, texts(words, word), "scale", style, measure_text),
            word + " × " + std::to_string(words));
      }
    }
  }
}

TEST(FigureLayout, GivesEveryTextItsMeasuredSize) {
  // A synthetic font: 10 pixels per letter, 20 per line.
  const MeasureText measure = [](const std::string& text, const TextStyle&, int width) {
    const int letters = int(text.size());
    const int per_line = std::max(1, width / 10);
    return TextSize{std::min(letters * 10, width), (letters + per_line - 1) / per_line * 20};
  };
  const FigureStyle style(200);
  std::vector<PanelText> panels = texts(4, "dog");
  panels[2].heading = std::string(45, 'x');  // 450 pixels in a panel of 200
  const FigureLayout layout = lay_out_figure(300, 200, "a title", panels, "scale", style, measure);
  expect_sound(layout, "measured");
  EXPECT_EQ(layout.panels[2].heading.height, 60);
  EXPECT_EQ(layout.panels[1].heading.height, 20);
  // Images of a row are aligned, with the words directly above them.
  EXPECT_EQ(layout.panels[1].picture.y, layout.panels[2].picture.y);
  EXPECT_EQ(layout.panels[1].detail.y, layout.panels[2].detail.y);
}

TEST(FigureLayout, ReadsFromLeftToRightAndHasTheShapeOfAPage) {
  const FigureLayout layout =
      lay_out_figure(300, 200, "title", texts(11, "dog"), "scale", FigureStyle(200), measure_text);
  EXPECT_EQ(layout.panels.size(), 12u);
  EXPECT_LT(layout.panels[0].picture.x, layout.panels[1].picture.x);
  EXPECT_EQ(layout.panels[0].picture.y, layout.panels[1].picture.y);
  EXPECT_GT(layout.panels[11].picture.y, layout.panels[0].picture.y);
  const double shape = double(layout.width) / layout.height;
  EXPECT_GT(shape, 0.9);
  EXPECT_LT(shape, 2.2);
}

TEST(Figure, ShowsTheImageFirstAndThenTheMapOfEachWord) {
  const Image photograph = plain(300, 200, 120);
  const Caption caption = caption_of(photograph, {"a", "dog"}, Fit::squash, {2, 2});
  FigureOptions options;
  options.panel_side = 150;
  options.overlay = {Upsampling::nearest, ColorMap::viridis, 1.0};
  const Image figure = draw_figure(photograph, caption, options);
  const FigureLayout layout = lay_out_figure(
      300, 200, caption.text, {{"", ""}, {"a", "p 0.50   β 0.25"}, {"dog", "p 0.50   β 0.25"}},
      "attention from 0 to each word’s own maximum", FigureStyle(150), measure_text);
  ASSERT_EQ(figure.width, layout.width);
  ASSERT_EQ(figure.height, layout.height);
  const auto at = [&](std::size_t panel, double x, double y) {
    const PixelRect& box = layout.panels[panel].picture;
    const std::uint8_t* p =
        figure.row(box.y + int(box.height * y)) + 3 * (box.x + int(box.width * x));
    return Color{p[0], p[1], p[2]};
  };
  const Color high = color_of(ColorMap::viridis, 1), low = color_of(ColorMap::viridis, 0);
  EXPECT_EQ(at(0, 0.25, 0.25), (Color{120, 120, 120}));
  EXPECT_EQ(at(1, 0.25, 0.25), high);  // word 0 attends to cell 0, the upper left
  EXPECT_EQ(at(1, 0.75, 0.25), low);
  EXPECT_EQ(at(2, 0.75, 0.25), high);  // word 1 attends to cell 1, the upper right
  EXPECT_EQ(at(2, 0.25, 0.75), low);
}

TEST(Figure, WorksWithoutWordsAndForOnePixel) {
  const Image dot = plain(1, 1, 120);
  EXPECT_GT(draw_figure(dot, caption_of(dot, {}), {}).height, 0);
  EXPECT_GT(draw_figure(dot, caption_of(dot, {"dot"}), {}).height, 0);
}

TEST(Figure, EnlargesASmallImageToItsPanel) {
  const Image photograph = plain(30, 20, 120);
  FigureOptions options;
  options.panel_side = 120;
  const Image figure = draw_figure(photograph, caption_of(photograph, {}), options);
  const PixelRect box =
      lay_out_figure(30, 20, "", {{"", ""}}, "scale", FigureStyle(120), measure_text)
          .panels[0]
          .picture;
  EXPECT_EQ(box.width, 120);
  EXPECT_EQ(figure.row(box.y + box.height - 1)[3 * (box.x + box.width - 1)], 120);
}

TEST(Figure, RefusesMapsThatDoNotMatchTheGrid) {
  const Image photograph = plain(30, 20, 120);
  Caption caption = caption_of(photograph, {"a"});
  caption.words[0].attention.pop_back();
  EXPECT_THROW(draw_figure(photograph, caption, {}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
