#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/health/health.h"
#include "saccade/image/text.h"

namespace saccade {
namespace {

constexpr int kPanel = 320, kPlot = 190, kGap = 28, kTitle = 70;
constexpr int kColumns = 3, kRows = 2, kBins = 24;
constexpr int kCaption = 54;  // the lines of text above a plot
constexpr Color kInk{40, 40, 40}, kPale{225, 225, 225}, kBar{49, 104, 142};

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

void fill(Image& image, const PixelRect& box, const Color& color) {
  for (int y = std::max(0, box.y); y < std::min(image.height, box.y + box.height); ++y) {
    for (int x = std::max(0, box.x); x < std::min(image.width, box.x + box.width); ++x) {
      const std::size_t at = (std::size_t(y) * std::size_t(image.width) + std::size_t(x)) * 3;
      std::copy(color.begin(), color.end(), image.rgb.begin() + std::ptrdiff_t(at));
    }
  }
}

/// The box of panel n's plot; its heading and detail are above it.
PixelRect plot_box(int n) {
  return {kGap + n % kColumns * (kPanel + kGap),
          kTitle + kCaption + n / kColumns * (kCaption + kPlot + 26 + kGap), kPanel, kPlot};
}

void write_heading(Image& figure, const PixelRect& plot, const std::string& heading,
                   const std::string& detail) {
  draw_text(figure, heading, {17, true, kInk, 1, false},
            {plot.x, plot.y - kCaption, plot.width, 26});
  draw_text(figure, detail, {14, false, kInk, 1, false}, {plot.x, plot.y - 28, plot.width, 24});
}

/// A histogram over 0…1.
void draw_histogram(Image& figure, int n, const std::string& heading,
                    const Distribution& distribution) {
  const PixelRect plot = plot_box(n);
  write_heading(figure, plot, heading,
                "mean " + rounded(distribution.mean()) + ", from " +
                    rounded(distribution.quantile(0)) + " to " + rounded(distribution.quantile(1)));
  std::array<std::size_t, kBins> counts{};
  for (const double value : distribution.values) {
    ++counts[std::size_t(std::clamp(int(value * kBins), 0, kBins - 1))];
  }
  const auto max = double(*std::max_element(counts.begin(), counts.end()));
  for (int bin = 0; bin < kBins; ++bin) {
    const int left = bin * plot.width / kBins, right = (bin + 1) * plot.width / kBins;
    const int height = int(std::lround(double(counts[std::size_t(bin)]) / max * plot.height));
    fill(figure, {plot.x + left, plot.y + plot.height - height, right - left - 1, height}, kBar);
  }
  fill(figure, {plot.x, plot.y + plot.height, plot.width, 1}, kInk);
  draw_text(figure, "0", {13, false, kInk, 1, false}, {plot.x, plot.y + plot.height + 4, 40, 20});
  draw_text(figure, "1", {13, false, kInk, 1, false},
            {plot.x + plot.width - 10, plot.y + plot.height + 4, 10, 20});
}

void draw_coverage(Image& figure, int n, const Health& health) {
  const PixelRect plot = plot_box(n);
  const double max = *std::max_element(health.coverage.begin(), health.coverage.end());
  const double min = *std::min_element(health.coverage.begin(), health.coverage.end());
  write_heading(figure, plot, "coverage of the cells, Σ α",
                "relative to uniform, from " + rounded(min) + " (dark) to " + rounded(max));
  const int side = int(std::min(plot.width / health.grid.cols, plot.height / health.grid.rows));
  for (std::int64_t cell = 0; cell < health.grid.cells(); ++cell) {
    const int row = int(cell / health.grid.cols), col = int(cell % health.grid.cols);
    const double share = health.coverage[std::size_t(cell)] / std::max(max, 1e-12);
    fill(figure, {plot.x + col * side, plot.y + row * side, side, side},
         color_of(ColorMap::viridis, share));
  }
}

}  // namespace

Image draw_health(const Health& health, const std::string& title) {
  Image figure;
  figure.width = kGap + kColumns * (kPanel + kGap);
  const int plots = kTitle + kRows * (kCaption + kPlot + 26 + kGap);
  const int lines = std::max(1, int(health.flags.size()));
  figure.height = plots + lines * 46 + kGap;
  figure.rgb.assign(std::size_t(figure.width) * std::size_t(figure.height) * 3, 255);
  const int width = figure.width - 2 * kGap;
  draw_text(figure, title, {22, true, kInk, 1, false}, {kGap, 20, width, 40});

  draw_histogram(figure, 0, "normalized entropy of the maps", health.entropy);
  draw_histogram(figure, 1, "difference between words", health.between_words);
  draw_histogram(figure, 2, "difference between images", health.between_images);
  draw_histogram(figure, 3, "gate β", health.gate);
  draw_histogram(figure, 4, "attention on the border", health.border);
  draw_coverage(figure, 5, health);

  fill(figure, {kGap, plots - 8, width, 1}, kPale);
  if (health.flags.empty()) {
    draw_text(figure, "No common problem found.", {16, false, kInk, 1, false},
              {kGap, plots + 6, width, 40});
  }
  for (std::size_t i = 0; i < health.flags.size(); ++i) {
    draw_text(figure, health.flags[i].name + ": " + health.flags[i].meaning,
              {16, false, {160, 30, 30}, 2, false}, {kGap, plots + 4 + int(i) * 46, width, 44});
  }
  return figure;
}

}  // namespace saccade
