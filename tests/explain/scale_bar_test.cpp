#include <gtest/gtest.h>

#include "saccade/explain/figure/overlay.h"
#include "saccade/explain/figure/word_picture.h"

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

TEST(ColorBar, RunsFromTheFirstColorToTheLast) {
  const OverlayOptions options{Upsampling::gaussian, ColorMap::viridis, 1.0};
  const Image bar = color_bar(256, 3, options);
  for (const int x : {0, 100, 255}) {
    const Color color = color_of(ColorMap::viridis, x / 255.0);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(bar.row(2)[3 * x + int(c)], color[c]);
  }
}

TEST(ScaleBar, IsInTheCornerAndShowsTheColors) {
  const OverlayOptions options{Upsampling::gaussian, ColorMap::viridis, 1.0};
  Image picture = plain(600, 400, 200);
  draw_scale_bar(picture, 0.043, options);
  const Color high = color_of(ColorMap::viridis, 1), low = color_of(ColorMap::viridis, 0);
  bool has_high = false, has_low = false;
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 600; ++x) {
      const std::uint8_t* p = picture.row(y) + 3 * x;
      if (y < 340 || x > 320) {
        ASSERT_EQ(p[0], 200) << x << "," << y;
      }
      has_high |= Color{p[0], p[1], p[2]} == high;
      has_low |= Color{p[0], p[1], p[2]} == low;
    }
  }
  EXPECT_TRUE(has_high);
  EXPECT_TRUE(has_low);
}

TEST(ScaleBar, IsNotDrawnOnSmallImages) {
  Image picture = plain(600, 100, 200);
  draw_scale_bar(picture, 0.043, {});
  EXPECT_EQ(picture.rgb, plain(600, 100, 200).rgb);
}

TEST(WordPicture, OutlinesTheCellThatHardAttentionChose) {
  const Image photograph = plain(200, 200, 90);
  Caption caption = caption_of(photograph, {"dog"}, Fit::squash, {2, 2});
  const OverlayOptions options{Upsampling::nearest, ColorMap::viridis, 0};  // only the image
  EXPECT_EQ(draw_word(photograph, caption, 0, options).rgb, photograph.rgb);
  caption.words[0].cell = 3;  // although α is on cell 0
  const Image outlined = draw_word(photograph, caption, 0, options);
  EXPECT_EQ(outlined.row(50)[3 * 50], 90);
  EXPECT_NE(outlined.row(150)[3 * 100], 90);
  EXPECT_THROW(draw_word(photograph, caption, 1, options), std::out_of_range);
}

}  // namespace
}  // namespace saccade::test
