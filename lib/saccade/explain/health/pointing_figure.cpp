#include <algorithm>
#include <cmath>
#include <cstdio>

#include "saccade/explain/figure/overlay.h"
#include "saccade/explain/health/pointing.h"
#include "saccade/image/text.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

constexpr int kSide = 300, kSpace = 24, kHeading = 60, kText = 52, kColumns = 4;
constexpr Color kOutline{60, 220, 255}, kPeakColor{255, 255, 255}, kText1{40, 40, 40};

void outline(Image& image, const Rect& rect, const Color& color, int width) {
  const int left = int(std::lround(rect.x)), top = int(std::lround(rect.y));
  const int right = int(std::lround(rect.x + rect.width)) - 1;
  const int bottom = int(std::lround(rect.y + rect.height)) - 1;
  for (int y = std::max(0, top); y <= std::min(image.height - 1, bottom); ++y) {
    for (int x = std::max(0, left); x <= std::min(image.width - 1, right); ++x) {
      const bool edge =
          x < left + width || x > right - width || y < top + width || y > bottom - width;
      if (!edge) continue;
      std::copy(color.begin(), color.end(),
                image.rgb.begin() + (std::ptrdiff_t(y) * image.width + x) * 3);
    }
  }
}

/// The map of a phrase's head over its image, with boxes and peak.
Image panel(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
            const PhrasePointing& measured, MapKind kind) {
  const CaptionedImage& image = dataset.images[measured.image];
  const TokenPhrase& phrase = phrases.of[measured.image][measured.caption][measured.phrase];
  const Image photograph = load_image(image.file);
  const int S = bundle.config.input.size;
  const at::Tensor pixels = at::empty({1, 3, S, S});
  const Placement placement =
      prepare_into(photograph, bundle.config.input, pixels.data_ptr<float>());
  Encoder encoder = bundle.encoder;
  const Features features = encoder->forward(pixels);
  auto ids = bundle.vocabulary.encode(ptb_tokenize(image.captions[measured.caption]));
  ids.push_back(Vocabulary::kEnd);
  const at::Tensor map = maps_of_places(bundle, pixels, features, make_word_batch({{ids}}),
                                        {static_cast<std::int64_t>(phrase.end) - 1}, kind);
  const std::vector<float> values(map.data_ptr<float>(), map.data_ptr<float>() + map.numel());
  const AttentionMap attention(values, features.grid, placement, Upsampling::gaussian);
  const double fitted = double(kSide) / std::max(photograph.width, photograph.height);
  const Image shown =
      resize_to(photograph, std::max(1, int(std::lround(photograph.width * fitted))),
                std::max(1, int(std::lround(photograph.height * fitted))));
  Image out = draw_overlay(shown, attention, {});
  const double across = out.width, down = out.height;
  for (const Box& box : phrase.boxes) {
    outline(out,
            {box.left * across, box.top * down, (box.right - box.left) * across,
             (box.bottom - box.top) * down},
            kOutline, 2);
  }
  const auto peak = std::max_element(values.begin(), values.end()) - values.begin();
  Rect cell =
      placement.cell_rect(features.grid, peak / features.grid.cols, peak % features.grid.cols);
  const double scale = across / photograph.width;
  for (double* x : {&cell.x, &cell.y, &cell.width, &cell.height}) *x *= scale;
  outline(out, cell, kPeakColor, 2);
  return out;
}

}  // namespace

Image draw_pointing(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
                    const std::vector<PhrasePointing>& measured, MapKind map, std::size_t count,
                    const std::string& title) {
  at::NoGradGuard no_gradient;
  std::vector<const PhrasePointing*> things;
  for (const PhrasePointing& phrase : measured) {
    if (is_thing(phrase.type)) things.push_back(&phrase);
  }
  count = std::min(count, things.size());
  const int rows = (int(count) + kColumns - 1) / kColumns;
  Image figure;
  figure.width = kSpace + kColumns * (kSide + kSpace);
  figure.height = kHeading + kSpace + rows * (kText + kSide + kSpace);
  figure.rgb.assign(std::size_t(figure.width) * std::size_t(figure.height) * 3, 255);
  draw_text(figure, title, {22, true, kText1, 1, false},
            {kSpace, 18, figure.width - 2 * kSpace, 40});
  for (std::size_t n = 0; n < count; ++n) {
    const PhrasePointing& phrase = *things[(2 * n + 1) * things.size() / (2 * count)];
    const int x = kSpace + int(n) % kColumns * (kSide + kSpace);
    const int y = kHeading + int(n) / kColumns * (kText + kSide + kSpace);
    char figures[96];
    std::snprintf(figures, sizeof figures, "peak %s, mass %.0f %%, area %.0f %%",
                  phrase.peak_inside ? "inside" : "outside", 100 * phrase.mass, 100 * phrase.area);
    draw_text(figure, phrases.of[phrase.image][phrase.caption][phrase.phrase].text,
              {18, true, kText1, 1, false}, {x, y, kSide, 26});
    draw_text(figure, figures, {14, false, kText1, 1, false}, {x, y + 26, kSide, 22});
    const Image picture = panel(bundle, dataset, phrases, phrase, map);
    for (int row = 0; row < std::min(picture.height, kSide); ++row) {
      std::copy(picture.row(row), picture.row(row) + std::min(picture.width, kSide) * 3,
                figure.rgb.begin() + (std::ptrdiff_t(y + kText + row) * figure.width + x) * 3);
    }
  }
  return figure;
}

}  // namespace saccade
