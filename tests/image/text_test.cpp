#include "saccade/image/text.h"

#include <numeric>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

/// A uniformly gray image.
Image plain(int width, int height, int value) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.assign(std::size_t(width) * std::size_t(height) * 3, std::uint8_t(value));
  return image;
}

long ink(const Image& image) {
  return std::accumulate(image.rgb.begin(), image.rgb.end(), 0L,
                         [](long sum, std::uint8_t value) { return sum + 255 - value; });
}

TEST(Text, DrawsOnlyWithinItsBox) {
  TextStyle style;
  style.size = 20;
  style.max_lines = 4;
  for (const std::string text :
       {"dog", "a rather long text that has to wrap", "Donaudampfschifffahrtsgesell"}) {
    const TextSize size = measure_text(text, style, 90);
    EXPECT_GT(size.width, 0);
    EXPECT_LE(size.width, 90) << text;
    Image image = plain(200, 200, 255);
    const PixelRect box{50, 40, 90, size.height};
    draw_text(image, text, style, box);
    EXPECT_GT(ink(image), 1000) << text;
    for (int y = 0; y < 200; ++y) {
      for (int x = 0; x < 200; ++x) {
        const bool inside = x >= 50 && x < 140 && y >= 40 && y < 40 + size.height;
        if (inside) continue;
        ASSERT_EQ(image.row(y)[3 * x], 255) << text << " at " << x << "," << y;
      }
    }
  }
}

TEST(Text, WrapsAndEndsWithAnEllipsis) {
  TextStyle style;
  style.size = 20;
  const std::string text = "one two three four five six seven eight nine ten";
  const int line = measure_text(text, style, 120).height;
  style.max_lines = 3;
  EXPECT_NEAR(measure_text(text, style, 120).height, 3 * line, 3);
  EXPECT_NEAR(measure_text("one", style, 120).height, line, 1);
  EXPECT_NEAR(measure_text("one\ntwo", style, 400).height, line, 1);
}

TEST(Text, DrawsLettersBeyondAscii) {
  // Letters that no font contains are drawn as boxes, which would all look the same.
  TextStyle style;
  style.size = 40;
  std::vector<Image> images;
  for (const std::string letter : {"é", "ü", "ß", "ж", "λ", "β"}) {
    Image image = plain(60, 60, 255);
    draw_text(image, letter, style, {0, 0, 60, 60});
    EXPECT_GT(ink(image), 1000) << letter;
    for (const Image& other : images) EXPECT_NE(image.rgb, other.rgb) << letter;
    images.push_back(image);
  }
}

TEST(Text, HandlesInvalidUtf8AndBoxesOutsideTheImage) {
  Image image = plain(40, 40, 255);
  const TextStyle style;
  draw_text(image, "\xFF\xFE dog \xC3", style, {-10, -5, 80, 80});
  draw_text(image, "dog", style, {100, 100, 50, 50});
  draw_text(image, "dog", style, {0, 0, 0, 0});
  draw_text(image, "", style, {0, 0, 10, 10});
  EXPECT_GT(ink(image), 0);
  EXPECT_EQ(measure_text("", style, 100).height, 0);
}

TEST(Text, UsesItsColor) {
  Image image = plain(80, 40, 255);
  TextStyle style;
  style.size = 30;
  style.color = {200, 0, 0};
  draw_text(image, "dog", style, {0, 0, 80, 40});
  bool found = false;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    found |= image.rgb[i] <= 205 && image.rgb[i + 1] < 5 && image.rgb[i + 2] < 5;
    EXPECT_GE(image.rgb[i], 200);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace saccade::test
