#include "saccade/explain/figure/overlay.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

AttentionMap first_cell(const Image& image, Fit fit, Upsampling upsampling) {
  const Caption caption = caption_of(image, {"word"}, fit, {2, 2});
  return AttentionMap(caption.words[0].attention, caption.grid, caption.placement, upsampling);
}

TEST(Overlay, BlendsImageAndColorByOpacity) {
  const Image photograph = plain(20, 20, 100);
  const AttentionMap map = first_cell(photograph, Fit::squash, Upsampling::nearest);
  const Image out = draw_overlay(photograph, map, {Upsampling::nearest, ColorMap::viridis, 0.25});
  const Color high = color_of(ColorMap::viridis, 1), low = color_of(ColorMap::viridis, 0);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(out.row(3)[3 * 3 + c], 75 + 0.25 * high[c], 0.51);
    EXPECT_NEAR(out.row(15)[15 * 3 + c], 75 + 0.25 * low[c], 0.51);
  }
}

TEST(Overlay, WithOpacity0IsTheImageAndWith1TheMap) {
  const Image photograph = plain(20, 20, 100);
  const AttentionMap map = first_cell(photograph, Fit::squash, Upsampling::gaussian);
  EXPECT_EQ(draw_overlay(photograph, map, {Upsampling::gaussian, ColorMap::magma, 0}).rgb,
            photograph.rgb);
  const Image other = plain(20, 20, 3);
  EXPECT_EQ(draw_overlay(photograph, map, {Upsampling::gaussian, ColorMap::magma, 1}).rgb,
            draw_overlay(other, map, {Upsampling::gaussian, ColorMap::magma, 1}).rgb);
}

TEST(Overlay, PalesPartsOutsideTheEncoderInput) {
  Image photograph = plain(40, 20, 0);
  for (std::size_t i = 0; i < photograph.rgb.size(); i += 3) photograph.rgb[i] = 200;  // red
  const AttentionMap map = first_cell(photograph, Fit::center_crop, Upsampling::nearest);
  const Image out = draw_overlay(photograph, map, {});
  const std::uint8_t* outside = out.row(10) + 3 * 2;
  EXPECT_EQ(outside[0], outside[1]);
  EXPECT_EQ(outside[1], outside[2]);
  EXPECT_GT(outside[0], 150);
  const std::uint8_t* inside = out.row(15) + 3 * 25;
  EXPECT_GT(inside[0], inside[1] + 50);
}

TEST(Overlay, ScalesTheMapWithTheImage) {
  const Image photograph = plain(200, 100, 50);
  const AttentionMap map = first_cell(photograph, Fit::squash, Upsampling::nearest);
  const Image large = draw_overlay(photograph, map, {});
  const Image small = draw_overlay(shrink_to(photograph, 20), map, {});
  ASSERT_EQ(small.width, 20);
  ASSERT_EQ(small.height, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      EXPECT_EQ(small.row(y)[3 * x], large.row(y * 10 + 5)[3 * (x * 10 + 5)]) << x << "," << y;
    }
  }
}

TEST(Overlay, RefusesAnOpacityOutsideZeroToOne) {
  const Image photograph = plain(4, 4, 1);
  const AttentionMap map = first_cell(photograph, Fit::squash, Upsampling::nearest);
  for (const double opacity : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(draw_overlay(photograph, map, {Upsampling::nearest, ColorMap::grey, opacity}),
                 std::invalid_argument);
  }
}

TEST(ResizeTo, SupportsAnySizeFromOnePixel) {
  const Image large = resize_to(plain(3, 2, 7), 90, 50);
  EXPECT_EQ(large.rgb, plain(90, 50, 7).rgb);
  EXPECT_THROW(resize_to(plain(3, 2, 7), 0, 5), std::invalid_argument);
  EXPECT_THROW(resize_to(Image{}, 5, 5), std::invalid_argument);
}

TEST(ShrinkTo, LimitsTheLongerSideAndNeverEnlarges) {
  const Image tall = shrink_to(plain(100, 400, 7), 50);
  EXPECT_EQ(tall.height, 50);
  EXPECT_EQ(tall.width, 13);
  EXPECT_TRUE(std::all_of(tall.rgb.begin(), tall.rgb.end(), [](int v) { return v == 7; }));
  EXPECT_EQ(shrink_to(plain(30, 20, 7), 50).width, 30);
  EXPECT_EQ(shrink_to(plain(3000, 2, 7), 10).height, 1);
}

}  // namespace
}  // namespace saccade::test
