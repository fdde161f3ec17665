#include "saccade/image/palette.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace saccade {
namespace {

Image picture(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.resize(std::size_t(3 * width * height));
  return image;
}

Color shown(const IndexedImage& image, std::size_t pixel) {
  return image.colors.at(image.pixels.at(pixel));
}

TEST(ReduceColors, KeepsFewColors) {
  // 256 colors that differ by at least 32 in a channel, at random positions.
  Image image = picture(64, 64);
  std::mt19937 random(1);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    const unsigned color = unsigned(i) / 3 < 256 ? unsigned(i) / 3 : unsigned(random()) % 256;
    image.rgb[i] = std::uint8_t(color % 8 * 32 + 5);
    image.rgb[i + 1] = std::uint8_t(color / 8 % 8 * 32 + 5);
    image.rgb[i + 2] = std::uint8_t(color / 64 * 64 + 5);
  }
  const IndexedImage reduced = reduce_colors(image);
  EXPECT_EQ(reduced.colors.size(), 256U);
  for (std::size_t i = 0; i < reduced.pixels.size(); ++i) {
    const Color color = shown(reduced, i);
    ASSERT_TRUE(std::equal(color.begin(), color.end(), &image.rgb[3 * i])) << i;
  }
}

TEST(ReduceColors, PreservesPositionsAndLocalMeansOfSmoothColors) {
  // More than 16,000 colors.
  Image image = picture(256, 128);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 256; ++x) {
      std::uint8_t* rgb = &image.rgb[std::size_t(3 * (y * 256 + x))];
      rgb[0] = std::uint8_t(x);
      rgb[1] = std::uint8_t(2 * y);
      rgb[2] = std::uint8_t((x + y) / 2);
    }
  }
  const IndexedImage reduced = reduce_colors(image);
  ASSERT_EQ(reduced.colors.size(), 256U);
  double squared = 0;
  for (std::size_t i = 0; i < reduced.pixels.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      squared += std::pow(double(shown(reduced, i)[c]) - double(image.rgb[3 * i + c]), 2);
    }
  }
  // A uniform grid of 8×8×4 colors has cells of 32 and 64 levels, with mean squared errors of
  // 32² / 12 and 64² / 12.
  EXPECT_LT(squared / double(reduced.pixels.size()), 2 * 32 * 32 / 12.0);
  // Dithering preserves the means over 16×16 pixels.
  for (int top = 0; top < 128; top += 16) {
    for (int left = 0; left < 256; left += 16) {
      for (std::size_t c = 0; c < 3; ++c) {
        double before = 0, after = 0;
        for (int y = top; y < top + 16; ++y) {
          for (int x = left; x < left + 16; ++x) {
            const auto pixel = std::size_t(y * 256 + x);
            before += image.rgb[3 * pixel + c];
            after += shown(reduced, pixel)[c];
          }
        }
        EXPECT_NEAR(after / 256, before / 256, 4) << left << ", " << top << ", channel " << c;
      }
    }
  }
}

TEST(ReduceColors, HandlesASingleColorAndRefusesAnEmptyImage) {
  Image image = picture(5, 1);
  std::fill(image.rgb.begin(), image.rgb.end(), std::uint8_t{77});
  const IndexedImage reduced = reduce_colors(image);
  ASSERT_EQ(reduced.colors.size(), 1U);
  EXPECT_EQ(reduced.colors.front(), (Color{77, 77, 77}));
  EXPECT_EQ(reduced.pixels, std::vector<std::uint8_t>(5, 0));
  EXPECT_THROW(reduce_colors(Image{}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade
