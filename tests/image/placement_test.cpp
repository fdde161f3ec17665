#include "saccade/image/placement.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/prepare.h"

#include "image/image_files.h"

namespace saccade::test {
namespace {

/// The cell of `grid` with the brightest part of the prepared input.
std::pair<std::int64_t, std::int64_t> brightest_cell(const PreparedImage& prepared, int size,
                                                     const Grid& grid) {
  std::vector<double> sums(std::size_t(grid.cells()), 0);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const std::int64_t cell = y * grid.rows / size * grid.cols + x * grid.cols / size;
      sums[std::size_t(cell)] +=
          prepared.pixels[std::size_t(y) * std::size_t(size) + std::size_t(x)];
    }
  }
  const auto best = std::max_element(sums.begin(), sums.end()) - sums.begin();
  return {best / grid.cols, best % grid.cols};
}

/// A black image with a white square of `side` pixels around (x, y).
cv::Mat spot(int width, int height, int x, int y, int side) {
  cv::Mat pixels(height, width, CV_8UC3, cv::Scalar::all(0));
  cv::rectangle(pixels, cv::Rect(x - side / 2, y - side / 2, side, side), cv::Scalar::all(255), -1);
  return pixels;
}

/// The spot may be on the border between two cells, so its center may be outside the cell by up to
/// half its side.
void expect_spot_in_its_cell(const Bytes& file, Fit fit, int seen_x, int seen_y, int side) {
  const InputConfig config{224, fit, {0, 0, 0}, {1, 1, 1}};
  const Grid grid{14, 14};
  const Image image = decode_image(file, "spot.png");
  const PreparedImage prepared = prepare(image, config);
  const auto [row, col] = brightest_cell(prepared, config.size, grid);
  const Rect rect = prepared.placement.cell_rect(grid, row, col);
  const double slack = side / 2.0;
  EXPECT_LE(rect.x, seen_x + slack) << to_string(fit);
  EXPECT_LE(rect.y, seen_y + slack) << to_string(fit);
  EXPECT_GE(rect.x + rect.width, seen_x - slack) << to_string(fit);
  EXPECT_GE(rect.y + rect.height, seen_y - slack) << to_string(fit);
}

TEST(Placement, FindsASpotInTallWideAndSquareImages) {
  const int sizes[][2] = {{300, 900}, {900, 300}, {500, 500}, {640, 480}, {97, 211}};
  for (const auto& [width, height] : sizes) {
    for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
      for (const auto& [along, down] : {std::pair{0.5, 0.42}, {0.45, 0.61}}) {
        const int x = int(width * along), y = int(height * down);
        const int side = std::max(5, std::min(width, height) / 40);
        expect_spot_in_its_cell(encode(".png", spot(width, height, x, y, side)), fit, x, y, side);
      }
    }
  }
}

TEST(Placement, FindsASpotNearTheEdgeWithSquashAndPad) {
  for (const Fit fit : {Fit::squash, Fit::pad}) {
    expect_spot_in_its_cell(encode(".png", spot(900, 300, 12, 280, 16)), fit, 12, 280, 16);
    expect_spot_in_its_cell(encode(".png", spot(300, 900, 280, 12, 16)), fit, 280, 12, 16);
  }
}

TEST(Placement, FindsASpotInARotatedImage) {
  // Stored as 600 × 400, displayed as 400 × 600: orientation 6 rotates it clockwise.
  const Bytes png = png_with_orientation(encode(".png", spot(600, 400, 250, 150, 14)), 6);
  for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
    expect_spot_in_its_cell(png, fit, 400 - 1 - 150, 250, 14);
  }
}

TEST(Placement, IsExactForEachFit) {
  const Image image = plain_image(400, 200, 1, 2, 3);
  const Placement squash = prepare(image, {100, Fit::squash}).placement;
  EXPECT_EQ(squash.original_width, 400);
  EXPECT_EQ(squash.original_height, 200);
  EXPECT_EQ(squash.input_size, 100);
  EXPECT_DOUBLE_EQ(squash.scale_x, 4);
  EXPECT_DOUBLE_EQ(squash.scale_y, 2);
  EXPECT_DOUBLE_EQ(squash.input_rect().width, 400);
  EXPECT_DOUBLE_EQ(squash.input_rect().height, 200);

  const Placement crop = prepare(image, {100, Fit::center_crop}).placement;
  EXPECT_DOUBLE_EQ(crop.scale_x, 2);
  EXPECT_DOUBLE_EQ(crop.scale_y, 2);
  EXPECT_DOUBLE_EQ(crop.offset_x, 100);
  EXPECT_DOUBLE_EQ(crop.offset_y, 0);

  const Placement pad = prepare(image, {100, Fit::pad}).placement;
  EXPECT_DOUBLE_EQ(pad.scale_x, 4);
  EXPECT_DOUBLE_EQ(pad.scale_y, 4);
  EXPECT_DOUBLE_EQ(pad.offset_x, 0);
  EXPECT_DOUBLE_EQ(pad.offset_y, -100);
}

TEST(Placement, DividesTheInputIntoCells) {
  const Placement placement = prepare(plain_image(317, 211, 0, 0, 0), {224, Fit::pad}).placement;
  const Grid grid{5, 7};
  const Rect all = placement.input_rect();
  const Rect first = placement.cell_rect(grid, 0, 0);
  const Rect last = placement.cell_rect(grid, 4, 6);
  EXPECT_DOUBLE_EQ(first.x, all.x);
  EXPECT_DOUBLE_EQ(first.y, all.y);
  EXPECT_NEAR(last.x + last.width, all.x + all.width, 1e-9);
  EXPECT_NEAR(last.y + last.height, all.y + all.height, 1e-9);
  EXPECT_NEAR(placement.cell_rect(grid, 2, 3).x, all.x + 3 * all.width / 7, 1e-9);
}

}  // namespace
}  // namespace saccade::test
