#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "saccade/caption/caption.h"
#include "saccade/image/image.h"
#include "saccade/image/prepare.h"

namespace saccade::test {

inline Image plain(int width, int height, int value) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.assign(std::size_t(width) * std::size_t(height) * 3, std::uint8_t(value));
  return image;
}

/// A caption of these words, in which word i attends only to cell i (modulo the grid).
inline Caption caption_of(const Image& image, const std::vector<std::string>& words,
                          Fit fit = Fit::squash, const Grid& grid = {7, 7}) {
  Caption caption;
  caption.grid = grid;
  caption.placement = prepare(image, {224, fit}).placement;
  for (std::size_t i = 0; i < words.size(); ++i) {
    CaptionWord word;
    word.word = words[i];
    word.log_p = std::log(0.5);
    word.gate = 0.25;
    word.entropy = 0;
    word.attention.assign(std::size_t(grid.cells()), 0.0f);
    word.attention[i % word.attention.size()] = 1.0f;
    caption.text += (i ? " " : "") + words[i];
    caption.words.push_back(word);
  }
  return caption;
}

}  // namespace saccade::test
