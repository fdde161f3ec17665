#include "saccade/explain/figure/word_picture.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>

#include "saccade/explain/figure/overlay.h"
#include "saccade/image/text.h"

namespace saccade {

Image draw_word(const Image& photograph, const Caption& caption, std::size_t i,
                const OverlayOptions& options, bool scale_bar) {
  const CaptionWord& word = caption.words.at(i);
  const AttentionMap map(word.attention, caption.grid, caption.placement, options.upsampling);
  Image picture = draw_overlay(photograph, map, options);
  if (word.cell >= 0) draw_cell(picture, caption.grid, caption.placement, word.cell);
  if (scale_bar) draw_scale_bar(picture, map.maximum(), options);
  return picture;
}

namespace {

constexpr int kMinWidth = 320;  // pixels: room for the words above a narrow image

/// The position of every part of a frame.
struct FrameLayout {
  int width = 0, height = 0;
  TextStyle sentence, word, numbers;
  PixelRect sentence_box, word_box, numbers_box;
  int picture_x = 0, picture_y = 0;
};

FrameLayout lay_out(const Image& photograph, const Caption& caption) {
  FrameLayout layout;
  layout.width = std::max(photograph.width, kMinWidth);
  const int gap = std::max(8, layout.width / 50), inner = layout.width - 2 * gap;
  layout.sentence.size = layout.width * 0.032;
  layout.sentence.color = {110, 106, 100};
  layout.sentence.max_lines = 3;
  layout.word.size = layout.width * 0.055;
  layout.word.bold = true;
  layout.numbers.size = layout.width * 0.032;
  layout.numbers.color = {110, 106, 100};
  layout.sentence_box = {gap, gap, inner,
                         measure_text(caption.text, layout.sentence, inner).height};
  const int word_y = layout.sentence_box.y + layout.sentence_box.height + gap / 2;
  const TextSize numbers = measure_text("p 0.00   β 0.00", layout.numbers, inner);
  const int word_height = measure_text("Ag", layout.word, inner).height;
  layout.numbers_box = {layout.width - gap - numbers.width,
                        word_y + word_height - numbers.height - gap / 4, numbers.width,
                        numbers.height};
  layout.word_box = {gap, word_y, std::max(1, inner - numbers.width - gap), word_height};
  layout.picture_x = (layout.width - photograph.width) / 2;
  layout.picture_y = word_y + word_height + gap / 2;
  layout.height = layout.picture_y + photograph.height;
  return layout;
}

std::string numbers_of(const CaptionWord& word) {
  char text[64];
  std::snprintf(text, sizeof text, "p %.2f   β %.2f", word.p(), word.gate);
  return text;
}

}  // namespace

Image draw_word_frame(const Image& photograph, const Caption& caption, int i,
                      const OverlayOptions& options) {
  const FrameLayout layout = lay_out(photograph, caption);
  Image frame;
  frame.width = layout.width;
  frame.height = layout.height;
  frame.rgb.assign(std::size_t(frame.width) * std::size_t(frame.height) * 3, 255);
  draw_text(frame, caption.text, layout.sentence, layout.sentence_box);
  if (i >= 0) {
    const CaptionWord& word = caption.words.at(std::size_t(i));
    draw_text(frame, word.word, layout.word, layout.word_box);
    draw_text(frame, numbers_of(word), layout.numbers, layout.numbers_box);
  }
  const Image picture =
      i < 0 ? photograph : draw_word(photograph, caption, std::size_t(i), options, true);
  for (int y = 0; y < picture.height; ++y) {
    const std::size_t at = std::size_t(layout.picture_y + y) * std::size_t(frame.width) +
                           std::size_t(layout.picture_x);
    std::copy(picture.row(y), picture.row(y) + picture.width * 3, frame.rgb.data() + at * 3);
  }
  return frame;
}

}  // namespace saccade
