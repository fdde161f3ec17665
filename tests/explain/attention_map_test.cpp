#include "saccade/explain/maps/attention_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "explain/made_up_caption.h"
#include "image/image_files.h"

namespace saccade::test {
namespace {

constexpr Upsampling kAll[] = {Upsampling::gaussian, Upsampling::bilinear, Upsampling::nearest};

std::vector<float> one_cell(const Grid& grid, std::int64_t row, std::int64_t col) {
  std::vector<float> attention(std::size_t(grid.cells()), 0.0f);
  attention[std::size_t(row * grid.cols + col)] = 1.0f;
  return attention;
}

/// The center of the pixels within 1 % of the maximum, in pixels of the original.
std::pair<double, double> peak(const AttentionMap& map, int width, int height) {
  const std::vector<float> values = map.sample(width, height);
  const float high = *std::max_element(values.begin(), values.end());
  double x = 0, y = 0, count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0.99f * high) continue;
    x += double(i % std::size_t(width)) + 0.5;
    const std::size_t row = i / std::size_t(width);
    y += double(row) + 0.5;
    ++count;
  }
  return {x / count * map.placement().original_width / width,
          y / count * map.placement().original_height / height};
}

void expect_peaks_in_their_cells(const Placement& place, Fit fit) {
  const Grid grid{7, 7};
  for (const Upsampling upsampling : kAll) {
    for (const auto& [row, col] : {std::pair{3, 3}, {2, 3}, {3, 4}}) {
      const Rect cell = place.cell_rect(grid, row, col);
      const bool whole = cell.x >= 0 && cell.y >= 0 &&
                         cell.x + cell.width <= place.original_width &&
                         cell.y + cell.height <= place.original_height;
      if (!whole) continue;  // padding lies in it
      const AttentionMap map(one_cell(grid, row, col), grid, place, upsampling);
      const auto [x, y] = peak(map, place.original_width / 2, place.original_height / 2);
      EXPECT_NEAR(x, cell.x + cell.width / 2, cell.width * 0.1 + 2)
          << to_string(fit) << " " << to_string(upsampling);
      EXPECT_NEAR(y, cell.y + cell.height / 2, cell.height * 0.1 + 2)
          << to_string(fit) << " " << to_string(upsampling);
    }
  }
}

TEST(AttentionMap, PeaksInItsCellOfTallWideAndSquareOriginals) {
  for (const auto& [width, height] : {std::pair{200, 600}, {600, 200}, {300, 300}, {640, 428}}) {
    for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
      expect_peaks_in_their_cells(prepare(plain(width, height, 0), {224, fit}).placement, fit);
    }
  }
}

TEST(AttentionMap, FindsASpotInTheFileForAnyShapeOrientationAndFit) {
  // End to end: a white spot in a file with an orientation of 90°. The cell where the prepared
  // input is brightest gets all attention, and the map over the original has its maximum near the
  // spot.
  cv::Mat pixels(400, 640, CV_8UC3, cv::Scalar::all(0));
  pixels(cv::Rect(330, 170, 20, 20)).setTo(cv::Scalar::all(255));
  const Bytes png = encode(".png", pixels);
  for (const int orientation : {1, 3, 6, 8}) {
    const Image seen = decode_image(png_with_orientation(png, orientation), "spot.png");
    const auto white =
        std::size_t(std::find(seen.rgb.begin(), seen.rgb.end(), 255) - seen.rgb.begin()) / 3;
    const double spot_x = double(white % std::size_t(seen.width)) + 10;
    const std::size_t white_row = white / std::size_t(seen.width);
    const double spot_y = double(white_row) + 10;
    for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
      const PreparedImage prepared = prepare(seen, {224, fit, {0, 0, 0}, {1, 1, 1}});
      const Grid grid{14, 14};
      std::vector<float> attention(196, 0.0f);
      for (std::size_t i = 0; i < 224 * 224; ++i) {
        attention[i / 224 / 16 * 14 + i % 224 / 16] += prepared.pixels[i];
      }
      const float sum = std::accumulate(attention.begin(), attention.end(), 0.0f);
      for (float& value : attention) value /= sum;
      for (const Upsampling upsampling : kAll) {
        const AttentionMap map(attention, grid, prepared.placement, upsampling);
        const auto [x, y] = peak(map, seen.width, seen.height);
        const Rect cell = prepared.placement.cell_rect(grid, 0, 0);
        EXPECT_NEAR(x, spot_x, cell.width)
            << orientation << to_string(fit) << to_string(upsampling);
        EXPECT_NEAR(y, spot_y, cell.height)
            << orientation << to_string(fit) << to_string(upsampling);
      }
    }
  }
}

TEST(AttentionMap, NearestFillsTheRectangleOfEveryCell) {
  const Grid grid{3, 4};
  std::vector<float> attention;
  for (int i = 0; i < 12; ++i) attention.push_back(float(i) / 66);
  for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
    const Placement place = prepare(plain(310, 190, 0), {120, fit}).placement;
    const std::vector<float> values =
        AttentionMap(attention, grid, place, Upsampling::nearest).sample(310, 190);
    for (int y = 0; y < 190; ++y) {
      for (int x = 0; x < 310; ++x) {
        float expected = 0;
        for (int cell = 0; cell < 12; ++cell) {
          const Rect r = place.cell_rect(grid, cell / 4, cell % 4);
          const bool inside = x + 0.5 >= r.x && x + 0.5 < r.x + r.width && y + 0.5 >= r.y &&
                              y + 0.5 < r.y + r.height;
          if (inside) expected = attention[std::size_t(cell)];
        }
        ASSERT_EQ(values[std::size_t(y * 310 + x)], expected) << to_string(fit) << x << "," << y;
      }
    }
  }
}

TEST(AttentionMap, BilinearEqualsTheCellsAtTheirCentersAndIsLinearBetween) {
  const Placement place = prepare(plain(80, 80, 0), {80, Fit::squash}).placement;
  const std::vector<float> values =
      AttentionMap({0.1f, 0.2f, 0.3f, 0.4f}, {2, 2}, place, Upsampling::bilinear).sample(80, 80);
  // Pixel centers at 20.5 and 59.5 lie half a pixel inside the cell centers, 20 and 60.
  EXPECT_NEAR(values[20 * 80 + 20], 0.1f + 0.3f * 0.5f / 40, 1e-5);
  EXPECT_NEAR(values[39 * 80 + 39], 0.25f - 0.3f * 0.5f / 40, 1e-5);
  EXPECT_NEAR(values[0], 0.1f, 1e-6);
  EXPECT_NEAR(values[79 * 80 + 79], 0.4f, 1e-6);
}

TEST(AttentionMap, GaussianPreservesTheSumAndUniformMaps) {
  const Placement place = prepare(plain(224, 224, 0), {224, Fit::squash}).placement;
  const Grid grid{14, 14};
  const AttentionMap map(one_cell(grid, 7, 7), grid, place, Upsampling::gaussian);
  const std::vector<float> values = map.sample(224, 224);
  EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), 256,
              1);  // one cell of 16 × 16 pixels
  EXPECT_LT(map.maximum(), 0.2);
  EXPECT_EQ(*std::max_element(values.begin(), values.end()), map.maximum());

  const AttentionMap even(std::vector<float>(196, 1.0f / 196), grid, place, Upsampling::gaussian);
  for (const float value : even.sample(100, 50)) EXPECT_NEAR(value, 1.0f / 196, 1e-6);
}

TEST(AttentionMap, GaussianHasThePapersWidthForItsInputSize) {
  // σ = 20 pixels for an input of 224. Bilinear upsampling by 16 has a variance of 16² / 6, and
  // variances add.
  const Placement place = prepare(plain(224, 224, 0), {224, Fit::squash}).placement;
  const Grid grid{14, 14};
  const std::vector<float> values =
      AttentionMap(one_cell(grid, 7, 7), grid, place, Upsampling::gaussian).sample(224, 224);
  double sum = 0, first = 0, second = 0;
  for (int y = 0; y < 224; ++y) {
    for (int x = 0; x < 224; ++x) {
      const double value = double(values[std::size_t(y * 224 + x)]);
      sum += value;
      first += value * x;
      second += value * x * x;
    }
  }
  const double variance = second / sum - first / sum * first / sum;
  EXPECT_NEAR(variance, 20 * 20 + 16 * 16 / 6.0, 10);
}

TEST(AttentionMap, IsZeroOutsideTheEncoderInput) {
  const Image image = plain(400, 200, 0);
  const Placement place = prepare(image, {224, Fit::center_crop}).placement;
  const Grid grid{7, 7};
  for (const Upsampling upsampling : kAll) {
    const AttentionMap map(std::vector<float>(49, 1.0f / 49), grid, place, upsampling);
    const MapRows rows(map, 400, 200);
    const std::vector<float> values = map.sample(400, 200);
    for (int x = 0; x < 400; ++x) {
      const bool seen = x >= 100 && x < 300;
      EXPECT_EQ(rows.saw_column(x), seen) << x;
      EXPECT_EQ(values[std::size_t(100 * 400 + x)] > 0, seen) << x;
    }
  }
}

TEST(AttentionMap, HandlesExtremeShapes) {
  for (const auto& [width, height] : {std::pair{1, 1}, {3000, 2}, {2, 3000}}) {
    for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
      const Placement place = prepare(plain(width, height, 9), {64, fit}).placement;
      for (const Upsampling upsampling : kAll) {
        const AttentionMap map(std::vector<float>(16, 1.0f / 16), {4, 4}, place, upsampling);
        for (const float value : map.sample(width, height)) {
          EXPECT_TRUE(value == 0 || std::abs(value - 1.0f / 16) < 1e-6f);
        }
      }
    }
  }
}

TEST(AttentionMap, RefusesMapsThatDoNotMatchTheGridOrAreNotFinite) {
  const Placement place = prepare(plain(10, 10, 0), {16}).placement;
  EXPECT_THROW(AttentionMap({0.5f, 0.5f}, {2, 2}, place, Upsampling::nearest),
               std::invalid_argument);
  EXPECT_THROW(AttentionMap({}, {0, 0}, place, Upsampling::nearest), std::invalid_argument);
  EXPECT_THROW(AttentionMap({-1.0f}, {1, 1}, place, Upsampling::nearest), std::invalid_argument);
  EXPECT_THROW(
      AttentionMap({std::numeric_limits<float>::quiet_NaN()}, {1, 1}, place, Upsampling::nearest),
      std::invalid_argument);
  EXPECT_THROW(AttentionMap({1.0f}, {1, 1}, Placement{}, Upsampling::nearest),
               std::invalid_argument);
  EXPECT_THROW(AttentionMap({1.0f}, {1, 1}, place, Upsampling::nearest).sample(0, 4),
               std::invalid_argument);
}

TEST(Upsampling, ConvertsToItsNameAndBack) {
  for (const Upsampling upsampling : kAll) {
    EXPECT_EQ(upsampling_from_string(to_string(upsampling)), upsampling);
  }
  EXPECT_THROW(upsampling_from_string("cubic"), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
