#include "saccade/explain/figure/word_picture.h"

#include "saccade/explain/maps/attention_region.h"
#include "saccade/explain/figure/scale_bar.h"

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

}  // namespace saccade
