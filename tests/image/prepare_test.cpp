#include "saccade/image/prepare.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "image/image_files.h"

namespace saccade::test {
namespace {

Image random_image(int width, int height) {
  Image image = plain_image(width, height, 0, 0, 0);
  std::mt19937 random(3);
  for (auto& value : image.rgb) value = std::uint8_t(random());
  return image;
}

/// A direct implementation of the definition in prepare.cpp for one output pixel.
double resampled(const Image& image, int left, int top, int from_width, int from_height, int width,
                 int height, int x, int y, int channel) {
  const auto weight = [](int j, int i, int n, int m) {
    const double s = std::max(double(n) / m, 1.0);
    return std::max(0.0, 1 - std::abs(j + 0.5 - (i + 0.5) * n / m) / s);
  };
  double sum = 0, weights = 0;
  for (int v = 0; v < from_height; ++v) {
    for (int u = 0; u < from_width; ++u) {
      const double w = weight(u, x, from_width, width) * weight(v, y, from_height, height);
      sum += w * image.row(top + v)[3 * (left + u) + channel];
      weights += w;
    }
  }
  return sum / weights;
}

double at(const PreparedImage& prepared, int size, int channel, int x, int y) {
  return prepared.pixels[std::size_t((channel * size + y) * size + x)];
}

TEST(Prepare, NormalizesAPlainColorExactlyWithAnyFit) {
  const Image image = plain_image(30, 20, 255, 0, 128);
  for (const Fit fit : {Fit::squash, Fit::center_crop}) {
    const PreparedImage prepared = prepare(image, {8, fit});
    ASSERT_EQ(prepared.pixels.size(), 3u * 8u * 8u);
    for (int i = 0; i < 64; ++i) {
      EXPECT_NEAR(prepared.pixels[std::size_t(i)], (1 - 0.485) / 0.229, 1e-5);
      EXPECT_NEAR(prepared.pixels[std::size_t(64 + i)], -0.456 / 0.224, 1e-5);
      EXPECT_NEAR(prepared.pixels[std::size_t(128 + i)], (128 / 255.0 - 0.406) / 0.225, 1e-5);
    }
  }
}

TEST(Prepare, SquashesWithTheDocumentedFilter) {
  const int sizes[][2] = {{41, 23}, {7, 50}, {5, 4}, {1, 1}, {12, 12}};
  for (const auto& [width, height] : sizes) {
    const Image image = random_image(width, height);
    const PreparedImage prepared = prepare(image, {12, Fit::squash, {0, 0, 0}, {1, 1, 1}});
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < 12; ++y) {
        for (int x = 0; x < 12; ++x) {
          EXPECT_NEAR(at(prepared, 12, c, x, y) * 255,
                      resampled(image, 0, 0, width, height, 12, 12, x, y, c), 1e-3)
              << width << "x" << height;
        }
      }
    }
  }
}

TEST(Prepare, CropsTheCentralSquare) {
  const Image image = random_image(50, 21);
  const PreparedImage prepared = prepare(image, {10, Fit::center_crop, {0, 0, 0}, {1, 1, 1}});
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 10; ++x) {
      EXPECT_NEAR(at(prepared, 10, 1, x, y) * 255, resampled(image, 14, 0, 21, 21, 10, 10, x, y, 1),
                  1e-3);
    }
  }
}

TEST(Prepare, PadsWithTheMeanColor) {
  const Image image = random_image(40, 20);
  const PreparedImage prepared = prepare(image, {16, Fit::pad});
  for (int c = 0; c < 3; ++c) {
    for (int x = 0; x < 16; ++x) {
      for (const int y : {0, 3, 12, 15}) EXPECT_EQ(at(prepared, 16, c, x, y), 0);
      const InputConfig config;
      const double mean = double(config.mean[std::size_t(c)]),
                   std = double(config.std[std::size_t(c)]);
      EXPECT_NEAR(at(prepared, 16, c, x, 4),
                  (resampled(image, 0, 0, 40, 20, 16, 8, x, 0, c) / 255 - mean) / std, 1e-4);
    }
  }
}

TEST(Prepare, KeepsAtLeastOnePixelOfALongImageWhenPadding) {
  const PreparedImage prepared = prepare(plain_image(3000, 2, 255, 255, 255), {32, Fit::pad});
  EXPECT_GT(at(prepared, 32, 0, 16, 15), 2.0);
  EXPECT_EQ(at(prepared, 32, 0, 16, 17), 0.0);
}

TEST(Prepare, IsAntialiased) {
  // A checkerboard of single pixels, reduced 8 times, is uniformly gray without a pattern.
  Image image = plain_image(128, 128, 0, 0, 0);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      for (int c = 0; c < 3; ++c)
        image.rgb[std::size_t((y * 128 + x) * 3 + c)] = (x + y) % 2 ? 255 : 0;
    }
  }
  const PreparedImage prepared = prepare(image, {16, Fit::squash, {0, 0, 0}, {1, 1, 1}});
  for (const float value : prepared.pixels) EXPECT_NEAR(value, 0.5, 0.01);
}

TEST(Prepare, WritesOnlyToItsPositionInABatch) {
  const Image image = random_image(20, 30);
  const InputConfig config{8, Fit::pad};
  std::vector<float> batch(3 * 192, 7.0f);
  const Placement placement = prepare_into(image, config, batch.data() + 192);
  const PreparedImage alone = prepare(image, config);
  EXPECT_TRUE(std::equal(alone.pixels.begin(), alone.pixels.end(), batch.begin() + 192));
  EXPECT_EQ(placement.offset_x, alone.placement.offset_x);
  EXPECT_TRUE(std::all_of(batch.begin(), batch.begin() + 192, [](float v) { return v == 7.0f; }));
  EXPECT_TRUE(std::all_of(batch.begin() + 384, batch.end(), [](float v) { return v == 7.0f; }));
}

TEST(Prepare, RefusesEmptyImagesAndSizesBelowOne) {
  EXPECT_THROW(prepare(Image{}, {}), std::invalid_argument);
  EXPECT_THROW(prepare(plain_image(2, 2, 0, 0, 0), {0}), std::invalid_argument);
  EXPECT_THROW(prepare(plain_image(2, 2, 0, 0, 0), {-5}), std::invalid_argument);
  Image inconsistent = plain_image(2, 2, 0, 0, 0);
  inconsistent.rgb.pop_back();
  EXPECT_THROW(prepare(inconsistent, {}), std::invalid_argument);
}

TEST(Fit, RoundTripsThroughItsName) {
  for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
    EXPECT_EQ(fit_from_string(to_string(fit)), fit);
  }
  EXPECT_THROW(fit_from_string("stretch"), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
