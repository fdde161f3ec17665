#include "saccade/image/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>

namespace saccade {
namespace {

constexpr std::size_t kMaxColors = 256;
constexpr int kBinBits = 5;         // bits per channel of the histogram
constexpr int kLookupBits = 6;      // bits per channel of the table of nearest colors
constexpr float kDithering = 0.8f;  // share of the error that is diffused

using Vector = std::array<double, 3>;

/// The pixels of one cell of RGB space.
struct Bin {
  double count = 0;
  Vector sum{};
};

/// A box of RGB space: a range of the bins and its best split.
struct Box {
  std::size_t begin, end;
  double error = 0;  // squared error of all pixels along the axis of the split
  int axis = 0;
  double mean = 0;  // along the axis
};

int cell_of(const std::uint8_t* rgb, int bits) {
  return rgb[0] >> (8 - bits) << (2 * bits) | rgb[1] >> (8 - bits) << bits | rgb[2] >> (8 - bits);
}

std::vector<Bin> bins_of(const Image& image) {
  std::vector<Bin> all(std::size_t{1} << (3 * kBinBits));
  for (std::size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
    Bin& bin = all[std::size_t(cell_of(&image.rgb[i], kBinBits))];
    ++bin.count;
    for (std::size_t c = 0; c < 3; ++c) bin.sum[c] += image.rgb[i + c];
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const Bin& bin) { return bin.count == 0; }),
            all.end());
  return all;
}

Vector mean_of(const std::vector<Bin>& bins, const Box& box) {
  double count = 0;
  Vector mean{};
  for (std::size_t i = box.begin; i < box.end; ++i) {
    count += bins[i].count;
    for (std::size_t c = 0; c < 3; ++c) mean[c] += bins[i].sum[c];
  }
  for (double& value : mean) value /= count;
  return mean;
}

Box measured(const std::vector<Bin>& bins, std::size_t begin, std::size_t end) {
  Box box{begin, end};
  const Vector mean = mean_of(bins, box);
  Vector error{};
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double away = bins[i].sum[c] / bins[i].count - mean[c];
      error[c] += bins[i].count * away * away;
    }
  }
  box.axis = int(std::max_element(error.begin(), error.end()) - error.begin());
  box.error = error[std::size_t(box.axis)];
  box.mean = mean[std::size_t(box.axis)];
  return box;
}

std::vector<Color> colors_of(std::vector<Bin>& bins) {
  std::vector<Box> boxes{measured(bins, 0, bins.size())};
  while (boxes.size() < kMaxColors) {
    const auto worst = std::max_element(
        boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.error < b.error; });
    if (worst->error <= 0) break;
    const Box box = *worst;
    const auto axis = std::size_t(box.axis);
    const auto middle = std::partition(
        bins.begin() + std::ptrdiff_t(box.begin), bins.begin() + std::ptrdiff_t(box.end),
        [&](const Bin& bin) { return bin.sum[axis] / bin.count <= box.mean; });
    const auto at = std::size_t(middle - bins.begin());
    if (at == box.begin || at == box.end) {  // equal up to rounding
      worst->error = 0;
      continue;
    }
    *worst = measured(bins, box.begin, at);
    boxes.push_back(measured(bins, at, box.end));
  }
  std::vector<Color> colors;
  for (const Box& box : boxes) {
    const Vector mean = mean_of(bins, box);
    Color color;
    for (std::size_t c = 0; c < 3; ++c) color[c] = std::uint8_t(std::lround(mean[c]));
    colors.push_back(color);
  }
  return colors;
}

/// Finds the nearest color and caches it for a cell of RGB space.
class Nearest {
 public:
  explicit Nearest(const std::vector<Color>& colors)
      : colors_(colors), known_(std::size_t{1} << (3 * kLookupBits), -1) {}

  std::uint8_t of(const std::uint8_t* rgb) {
    std::int16_t& known = known_[std::size_t(cell_of(rgb, kLookupBits))];
    if (known < 0) known = search(rgb);
    return std::uint8_t(known);
  }

 private:
  std::int16_t search(const std::uint8_t* rgb) const {
    int min = std::numeric_limits<int>::max();
    std::size_t best = 0;
    for (std::size_t i = 0; i < colors_.size(); ++i) {
      int distance = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const int away = int(rgb[c]) - int(colors_[i][c]);
        distance += away * away;
      }
      if (distance < min) min = distance, best = i;
    }
    return std::int16_t(best);
  }

  const std::vector<Color>& colors_;
  std::vector<std::int16_t> known_;
};

/// Every other row is processed from right to left to avoid directional patterns.
void dither(const Image& image, IndexedImage& out) {
  const int width = image.width;
  Nearest nearest(out.colors);
  const std::size_t row = 3 * (std::size_t(width) + 2);  // one extra pixel on both sides
  std::vector<float> here(row), below(row);
  for (int y = 0; y < image.height; ++y) {
    const int step = y % 2 == 0 ? 1 : -1;
    for (int n = 0, x = step > 0 ? 0 : width - 1; n < width; ++n, x += step) {
      const std::size_t pixel = std::size_t(y) * std::size_t(width) + std::size_t(x);
      const std::size_t at = 3 * (std::size_t(x) + 1);
      std::uint8_t wanted[3];
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = float(image.rgb[3 * pixel + c]) + here[at + c];
        wanted[c] = std::uint8_t(std::lround(std::clamp(value, 0.0f, 255.0f)));
      }
      const std::uint8_t index = nearest.of(wanted);
      out.pixels[pixel] = index;
      for (std::size_t c = 0; c < 3; ++c) {
        const float error = kDithering * (float(wanted[c]) - float(out.colors[index][c])) / 16;
        const std::size_t ahead = step > 0 ? at + 3 : at - 3;
        const std::size_t behind = step > 0 ? at - 3 : at + 3;
        here[ahead + c] += 7 * error;
        below[behind + c] += 3 * error;
        below[at + c] += 5 * error;
        below[ahead + c] += error;
      }
    }
    here.swap(below);
    std::fill(below.begin(), below.end(), 0.0f);
  }
}

/// The image with its own colors, or std::nullopt if there are too many.
std::optional<IndexedImage> with_own_colors(const Image& image) {
  IndexedImage out;
  std::map<Color, std::uint8_t> indices;
  for (std::size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
    const Color color{image.rgb[i], image.rgb[i + 1], image.rgb[i + 2]};
    auto found = indices.find(color);
    if (found == indices.end()) {
      if (out.colors.size() == kMaxColors) return std::nullopt;
      found = indices.emplace(color, static_cast<std::uint8_t>(out.colors.size())).first;
      out.colors.push_back(color);
    }
    out.pixels.push_back(found->second);
  }
  return out;
}

}  // namespace

IndexedImage reduce_colors(const Image& image) {
  if (image.width < 1 || image.height < 1) {
    throw std::invalid_argument("an empty image has no colors");
  }
  if (auto exact = with_own_colors(image)) return *std::move(exact);
  std::vector<Bin> bins = bins_of(image);
  IndexedImage out;
  out.colors = colors_of(bins);
  out.pixels.resize(std::size_t(image.width) * std::size_t(image.height));
  dither(image, out);
  return out;
}

}  // namespace saccade
