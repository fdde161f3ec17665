#include "saccade/explain/figure/color_map.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

/// CIE lightness of an sRGB color, 0…100.
double lightness(const Color& color) {
  const auto linear = [](std::uint8_t value) {
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double y =
      0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

TEST(ColorMap, IncreasesLightnessEvenly) {
  for (const std::string& name : color_map_names()) {
    const auto& table = color_table(color_map_from_string(name));
    const double low = lightness(table[0]), high = lightness(table[255]);
    EXPECT_GT(high - low, 55) << name;
    for (int i = 0; i + 32 < 256; i += 32) {
      const double step = lightness(table[std::size_t(i + 32)]) - lightness(table[std::size_t(i)]);
      EXPECT_NEAR(step, (high - low) / 8, (high - low) / 8 * 0.6) << name << " from " << i;
    }
  }
}

TEST(ColorMap, UsesRedGreenBlueOrder) {
  // Inferno passes through orange: much red, little blue.
  const Color orange = color_of(ColorMap::inferno, 0.75);
  EXPECT_GT(orange[0], 200);
  EXPECT_LT(orange[2], 80);
}

TEST(ColorMap, ClampsValues) {
  EXPECT_EQ(color_of(ColorMap::viridis, -3), color_of(ColorMap::viridis, 0));
  EXPECT_EQ(color_of(ColorMap::viridis, 7), color_of(ColorMap::viridis, 1));
}

TEST(ColorMap, ConvertsToItsNameAndBack) {
  for (const std::string& name : color_map_names()) {
    EXPECT_EQ(to_string(color_map_from_string(name)), name);
  }
  EXPECT_THROW(color_map_from_string("jet"), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
