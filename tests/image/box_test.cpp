#include "saccade/image/box.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "saccade/image/prepare.h"

namespace saccade::test {
namespace {

Image blank(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.rgb.assign(std::size_t(width) * height * 3, 128);
  return image;
}

/// A box of an image of this size in fractions of an encoder input of 100×100 pixels.
std::optional<Box> fitted(const Box& box, int width, int height, Fit fit) {
  InputConfig input;
  input.size = 100;
  input.fit = fit;
  return on_input(box, prepare(blank(width, height), input).placement);
}

void expect_box(const std::optional<Box>& box, double left, double top, double right,
                double bottom) {
  ASSERT_TRUE(box);
  EXPECT_NEAR(box->left, left, 1e-12);
  EXPECT_NEAR(box->top, top, 1e-12);
  EXPECT_NEAR(box->right, right, 1e-12);
  EXPECT_NEAR(box->bottom, bottom, 1e-12);
}

TEST(Box, CoversEachCellByTheirOverlap) {
  // Four columns, two rows: the box covers half of the second column and all of the third.
  const auto cover = cell_cover({{0.375, 0, 0.75, 0.75}}, {2, 4});
  const std::vector<double> expected{0, 0.5, 1, 0, 0, 0.25, 0.5, 0};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(cover[i], expected[i], 1e-12) << i;
}

TEST(Box, CountsOverlapsOnceWithTheHighestScore) {
  const auto cover = cell_cover({{0, 0, 1, 1, 0.25}, {0, 0, 0.5, 1, 0.75}}, {1, 2});
  EXPECT_NEAR(cover[0], 0.75, 1e-12);
  EXPECT_NEAR(cover[1], 0.25, 1e-12);
}

TEST(Box, AgreesWithRandomPoints) {
  std::mt19937_64 random(3);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  std::vector<Box> boxes;
  for (int i = 0; i < 4; ++i) {
    const double x = uniform(), y = uniform();
    boxes.push_back({x * 0.5, y * 0.5, 0.5 + x * 0.5, 0.5 + y * 0.4, 0.2 + 0.2 * i});
  }
  const Grid grid{3, 5};
  const auto cover = cell_cover(boxes, grid);
  constexpr int kPoints = 20000;
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    double sum = 0;
    for (int n = 0; n < kPoints; ++n) {
      const std::int64_t row = cell / grid.cols;
      const double x = (double(cell % grid.cols) + uniform()) / double(grid.cols);
      const double y = (double(row) + uniform()) / double(grid.rows);
      double score = 0;
      for (const Box& box : boxes) {
        if (box.contains(x, y)) score = std::max(score, box.score);
      }
      sum += score;
    }
    EXPECT_NEAR(cover[std::size_t(cell)], sum / kPoints, 0.01) << cell;
  }
}

TEST(Box, IsClippedToAPartOfTheImage) {
  expect_box(within({0.2, 0.2, 0.6, 0.9}, {0.4, 0, 0.9, 0.5}), 0, 0.4, 0.4, 1);
  EXPECT_FALSE(within({0.2, 0.2, 0.4, 0.9}, {0.4, 0, 0.9, 0.5})) << "it only touches the part";
  EXPECT_EQ(within({0.2, 0.2, 0.6, 0.9, 0.3}, {0, 0, 1, 1})->score, 0.3);
}

TEST(Box, IsMirroredHorizontally) {
  expect_box(mirrored({0.1, 0.2, 0.4, 0.9}), 0.6, 0.2, 0.9, 0.9);
}

TEST(Box, KeepsItsFractionsOnASquashedInput) {
  expect_box(fitted({0.1, 0.2, 0.4, 0.9}, 400, 200, Fit::squash), 0.1, 0.2, 0.4, 0.9);
}

TEST(Box, MovesWithTheCenterCrop) {
  // The central 200 columns of 400×200 are visible: fractions 0.25 to 0.75.
  expect_box(fitted({0, 0.2, 0.5, 0.9}, 400, 200, Fit::center_crop), 0, 0.2, 0.5, 0.9);
  expect_box(fitted({0.5, 0.2, 0.625, 0.9}, 400, 200, Fit::center_crop), 0.5, 0.2, 0.75, 0.9);
  EXPECT_FALSE(fitted({0, 0, 0.2, 1}, 400, 200, Fit::center_crop));
}

TEST(Box, MovesWithThePadding) {
  // 400×200 fills rows 25 to 75 of 100.
  expect_box(fitted({0.1, 0, 0.4, 1}, 400, 200, Fit::pad), 0.1, 0.25, 0.4, 0.75);
}

}  // namespace
}  // namespace saccade::test
