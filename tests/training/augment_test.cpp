#include "saccade/training/augment.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

/// The value of every pixel encodes its position.
Image gradient(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.rgb.insert(image.rgb.end(), {std::uint8_t(x), std::uint8_t(y), 100});
    }
  }
  return image;
}

TEST(Augment, DoesNothingByDefault) {
  std::mt19937_64 random(1);
  const Image image = gradient(20, 10);
  EXPECT_EQ(augment(image, {"a dog"}, {}, random).image.rgb, image.rgb);
}

TEST(Augment, CropsARectangleOfTheImage) {
  std::mt19937_64 random(2);
  const Image image = gradient(120, 80);
  AugmentConfig config;
  config.crop_area = 0.5;
  for (int i = 0; i < 50; ++i) {
    const Image crop = augment(image, {}, config, random).image;
    ASSERT_EQ(crop.rgb.size(), std::size_t(crop.width) * crop.height * 3);
    EXPECT_GE(crop.width * crop.height, 0.4 * 120 * 80);
    const int left = crop.rgb[0], top = crop.rgb[1];
    const std::uint8_t* last = crop.rgb.data() + crop.rgb.size() - 3;
    EXPECT_EQ(last[0], left + crop.width - 1);
    EXPECT_EQ(last[1], top + crop.height - 1);
  }
}

TEST(Augment, NeverFlipsIfACaptionSaysLeftOrRight) {
  std::mt19937_64 random(3);
  const Image image = gradient(7, 3);
  AugmentConfig config;
  config.flip = true;
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(augment(image, {"a dog", "The man on the Left."}, config, random).image.rgb,
              image.rgb);
  }
  int flipped = 0;
  for (int i = 0; i < 50; ++i) {
    const Image out = augment(image, {"a bright leftover"}, config, random).image;
    if (out.rgb[0] == 6) ++flipped;
  }
  EXPECT_GT(flipped, 10);
  EXPECT_LT(flipped, 40);
}

TEST(Augment, KeepsGreyPixelsGrey) {
  std::mt19937_64 random(4);
  Image image;
  image.width = image.height = 1;
  image.rgb = {90, 90, 90};
  AugmentConfig config;
  config.color = 0.5;
  bool changed = false;
  for (int i = 0; i < 20; ++i) {
    const Image out = augment(image, {}, config, random).image;
    EXPECT_NEAR(out.rgb[0], out.rgb[1], 1);
    EXPECT_NEAR(out.rgb[1], out.rgb[2], 1);
    changed = changed || out.rgb[0] != 90;
  }
  EXPECT_TRUE(changed);
}

TEST(Augment, MovesBoxesWithTheImage) {
  std::mt19937_64 random(7);
  Image image = gradient(100, 60);
  for (int y = 3; y < 9; ++y) {
    for (int x = 2; x < 14; ++x) image.rgb[std::size_t(y * 100 + x) * 3 + 2] = 250;  // the object
  }
  const Box box{0.02, 3 / 60.0, 0.14, 9 / 60.0};
  AugmentConfig config;
  config.crop_area = 0.2;
  config.flip = true;
  int mirrored = 0, gone = 0;
  for (int i = 0; i < 100; ++i) {
    const AugmentedImage out = augment(image, {}, config, random);
    int left = 1000, top = 1000, right = -1, bottom = -1;
    for (int y = 0; y < out.image.height; ++y) {
      for (int x = 0; x < out.image.width; ++x) {
        if (out.image.row(y)[x * 3 + 2] != 250) continue;
        left = std::min(left, x), right = std::max(right, x + 1);
        top = std::min(top, y), bottom = std::max(bottom, y + 1);
      }
    }
    const auto moved = out.cut.moved(box);
    ASSERT_EQ(moved.has_value(), right >= 0);
    mirrored += out.cut.mirrored ? 1 : 0;
    gone += moved ? 0 : 1;
    if (!moved) continue;
    EXPECT_NEAR(moved->left * out.image.width, left, 1e-9);
    EXPECT_NEAR(moved->right * out.image.width, right, 1e-9);
    EXPECT_NEAR(moved->top * out.image.height, top, 1e-9);
    EXPECT_NEAR(moved->bottom * out.image.height, bottom, 1e-9);
  }
  EXPECT_GT(mirrored, 20);
  EXPECT_GT(gone, 0);
}

}  // namespace
}  // namespace saccade::test
