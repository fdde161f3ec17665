#include "saccade/training/learning_curves.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

constexpr int kPanelWidth = 1440 / 3;

/// The mean column and row of the pixels near a color, in columns left…right − 1.
struct Ink {
  double x = 0, y = 0;
  long count = 0;
};

Ink find_ink(const Image& image, int red, int green, int blue, int left, int right) {
  Ink ink;
  for (int y = 0; y < image.height; ++y) {
    for (int x = left; x < right; ++x) {
      const std::uint8_t* pixel = image.row(y) + 3 * x;
      if (std::abs(pixel[0] - red) + std::abs(pixel[1] - green) + std::abs(pixel[2] - blue) > 30) {
        continue;
      }
      ink.x += x, ink.y += y;
      ++ink.count;
    }
  }
  ink.x /= double(std::max(ink.count, 1L));
  ink.y /= double(std::max(ink.count, 1L));
  return ink;
}
Ink curve_ink(const Image& image, int left, int right) {
  return find_ink(image, 0, 90, 170, left, right);
}

std::vector<CurvePoint> curve(int points, double (*value)(double)) {
  std::vector<CurvePoint> out;
  for (int i = 0; i < points; ++i) out.push_back({double(i), value(i)});
  return out;
}

TEST(LearningCurves, AreReadWithTheLaterOfEqualStepsAndWithoutInvalidLines) {
  const TemporaryFolder folder;
  write_file(
      folder / "train.jsonl",
      "{\"step\":0,\"loss\":5.0,\"reward\":0.5}\n{\"step\":1,\"loss\":4.5}\n"
      "{\"step\":2,\"bleu_4\":0.1,\"cider\":0.3}\n{\"step\":1,\"loss\":4.0}\n{\"step\":7,\"l");
  const LearningCurves curves = read_learning_curves(folder / "train.jsonl");
  ASSERT_EQ(curves.loss.size(), 2U);
  EXPECT_EQ(curves.loss[1].step, 1);
  EXPECT_EQ(curves.loss[1].value, 4.0);
  ASSERT_EQ(curves.reward.size(), 1U);
  EXPECT_EQ(curves.reward[0].value, 0.5);
  ASSERT_EQ(curves.bleu_4.size(), 1U);
  EXPECT_EQ(curves.bleu_4[0].step, 2);
  EXPECT_EQ(curves.cider[0].value, 0.3);
  EXPECT_THROW(read_learning_curves(folder / "none.jsonl"), std::runtime_error);
  write_file(folder / "empty.jsonl", "\n");
  EXPECT_THROW(read_learning_curves(folder / "empty.jsonl"), std::runtime_error);
}

TEST(LearningCurves, AreSmoothedByACenteredMean) {
  const auto raw = curve(9, [](double x) { return x * x; });
  const auto smooth = smoothed(raw, 5);
  ASSERT_EQ(smooth.size(), raw.size());
  EXPECT_DOUBLE_EQ(smooth[0].value, (0 + 1 + 4) / 3.0) << "there is nothing before the first point";
  EXPECT_DOUBLE_EQ(smooth[1].value, (0 + 1 + 4 + 9) / 4.0);
  EXPECT_DOUBLE_EQ(smooth[4].value, (4 + 9 + 16 + 25 + 36) / 5.0);
  EXPECT_DOUBLE_EQ(smooth[8].value, (36 + 49 + 64) / 3.0);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    EXPECT_DOUBLE_EQ(smoothed(raw, 0)[i].value, raw[i].value);
  }
}

TEST(LearningCurves, FallFromTheUpperLeftToTheLowerRightWithTheLoss) {
  LearningCurves curves;
  curves.loss = curve(400, [](double x) { return 5 * std::exp(-x / 150); });
  const Image image = draw_learning_curves(curves);
  EXPECT_EQ(image.width, 1440);
  EXPECT_EQ(image.height, 440);
  double last = 0;
  for (int left = 80; left + 60 < kPanelWidth - 40; left += 60) {
    const Ink ink = curve_ink(image, left, left + 60);
    ASSERT_GT(ink.count, 0) << left;
    EXPECT_GT(ink.y, last) << left;
    last = ink.y;
  }
  EXPECT_EQ(curve_ink(image, kPanelWidth, 3 * kPanelWidth).count, 0) << "nothing was validated";
}

TEST(LearningCurves, ShowTheRewardIfThereIsOne) {
  LearningCurves curves;
  curves.loss = curve(400, [](double x) { return -x; });
  curves.reward = curve(400, [](double x) { return x; });
  const Image image = draw_learning_curves(curves);
  EXPECT_GT(curve_ink(image, 80, 140).y, curve_ink(image, 380, 440).y);
}

TEST(LearningCurves, MarkTheBestValidation) {
  const auto best_at = [](std::size_t at) {
    LearningCurves curves;
    curves.loss = curve(100, [](double) { return 1.0; });
    curves.bleu_4 = curve(10, [](double) { return 0.1; });
    for (CurvePoint& point : curves.bleu_4) point.step *= 10;
    curves.bleu_4[at].value = 0.2;
    return find_ink(draw_learning_curves(curves), 200, 60, 20, kPanelWidth, 2 * kPanelWidth);
  };
  const Ink early = best_at(2), late = best_at(7);
  EXPECT_GT(early.count, 20);
  // They are half of a frame apart, which is about 394 pixels wide.
  EXPECT_NEAR(late.x - early.x, 0.5 * 394, 25);
  EXPECT_NEAR(late.y, early.y, 5);
}

TEST(LearningCurves, SupportARunOfOneStep) {
  LearningCurves curves;
  curves.loss = {{0, 3.0}};
  curves.cider = {{1, 0.0}};
  const Image image = draw_learning_curves(curves);
  EXPECT_GT(curve_ink(image, 0, kPanelWidth).count, 0);
  EXPECT_GT(find_ink(image, 200, 60, 20, 2 * kPanelWidth, 3 * kPanelWidth).count, 0);
}

TEST(LearningCurves, AreWrittenAsTheDrawnImage) {
  const TemporaryFolder folder;
  write_file(folder / "train.jsonl", "{\"step\":0,\"loss\":5.0}\n{\"step\":9,\"loss\":1.0}\n");
  write_learning_curves(folder / "train.jsonl", folder / "curves.png");
  const Image expected = draw_learning_curves(read_learning_curves(folder / "train.jsonl"));
  EXPECT_EQ(load_image(folder / "curves.png").rgb, expected.rgb);
  EXPECT_THROW(write_learning_curves(folder / "train.jsonl", folder / "none" / "curves.png"),
               std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
