#include "saccade/explain/health/pointing.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "explain/small_captioner.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

/// Three images with captions, and phrases for some of them.
class Pointing : public ::testing::Test {
 protected:
  Pointing() {
    for (int i = 0; i < 3; ++i) {
      const Image image = noisy_image(40 + 8 * i, 32);
      cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
      const auto file = folder_ / (std::to_string(i) + ".png");
      cv::imwrite(file.string(), rgb);
      dataset_.images.push_back(
          {file.filename().string(), file, {"a red dog runs", "a bird sits on a cat"}});
    }
    phrases_.of = {
        {{{0, 3, "a red dog", "animals", {left_}}}, {}},
        {{}, {}},
        {{{0, 3, "a red dog", "animals/scene", {left_}}, {3, 4, "runs", "", {}}},
         {{0, 2, "a bird", "animals", {left_, low_}}, {4, 6, "a cat", "other", {low_}}}}};
  }

  std::vector<PhrasePointing> measured(MapKind map = MapKind::alpha) const {
    PointingOptions options;
    options.map = map;
    options.batch_images = 2;
    return measure_pointing(captioner_.bundle(), dataset_, phrases_, options);
  }

  /// The measured phrase, with its map computed for one sentence at a time.
  std::vector<float> map_of(const PhrasePointing& phrase, MapKind kind) const {
    const CaptionedImage& image = dataset_.images[phrase.image];
    const Image photograph = load_image(image.file);
    const auto sentence =
        read_sentence(image.captions[phrase.caption], captioner_.bundle().vocabulary);
    const auto head = phrases_.of[phrase.image][phrase.caption][phrase.phrase].end - 1;
    return word_maps(captioner_, photograph, score_sentence(captioner_, photograph, sentence),
                     kind)[head];
  }

  TemporaryFolder folder_;
  const Box left_{0, 0, 0.4, 1}, low_{0.3, 0.55, 1, 1, 0.5};
  Captioner captioner_{small_bundle()};
  Dataset dataset_;
  DatasetPhrases phrases_;
};

TEST_F(Pointing, MeasuresTheMapOfEachHeadOverTheUnionOfItsBoxes) {
  for (const MapKind kind : {MapKind::alpha, MapKind::posterior, MapKind::gradient,
                             MapKind::occlusion, MapKind::pixel_gradient_input}) {
    auto all = measured(kind);
    ASSERT_EQ(all.size(), 4U) << to_string(kind);
    for (const PhrasePointing& phrase : all) {
      const auto map = map_of(phrase, kind);
      const auto side = static_cast<int>(std::lround(std::sqrt(double(map.size()))));
      const auto& boxes = phrases_.of[phrase.image][phrase.caption][phrase.phrase].boxes;
      double mass = 0, area = 0, entropy = 0, of_peak = 0;
      float peak = -1;
      for (std::size_t i = 0; i < map.size(); ++i) {
        constexpr int kPoints = 50;  // on each side of a cell
        double cover = 0;
        for (int n = 0; n < kPoints * kPoints; ++n) {
          const double x = (double(i % std::size_t(side)) + (n % kPoints + 0.5) / kPoints) / side;
          const double y = (double(i / std::size_t(side)) + (n / kPoints + 0.5) / kPoints) / side;
          const bool inside = std::any_of(boxes.begin(), boxes.end(),
                                          [&](const Box& box) { return box.contains(x, y); });
          cover += inside ? 1.0 / (kPoints * kPoints) : 0;
        }
        mass += map[i] * cover;
        area += cover / double(map.size());
        entropy -= map[i] > 0 ? map[i] * std::log(double(map[i])) : 0;
        if (map[i] > peak) peak = map[i], of_peak = cover;
      }
      EXPECT_NEAR(phrase.mass, mass, 0.02) << to_string(kind);
      EXPECT_NEAR(phrase.area, area, 0.02);
      EXPECT_NEAR(phrase.entropy, entropy / std::log(double(map.size())), 1e-3);
      if (std::abs(of_peak - 0.5) > 0.03) {
        EXPECT_EQ(phrase.peak_inside, of_peak > 0.5);
      }
    }
  }
}

TEST_F(Pointing, GivesTheSameResultForAnyBatchSize) {
  PointingOptions options;
  options.batch_images = 1;
  std::vector<std::size_t> done;
  options.progress = [&](std::size_t now, std::size_t all) {
    done.push_back(now);
    EXPECT_EQ(all, 2U) << "one image has no phrase";
  };
  const auto one = measure_pointing(captioner_.bundle(), dataset_, phrases_, options);
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2}));
  const PointingReport a = report_on(one), b = report_on(measured());
  EXPECT_EQ(a.all.phrases, b.all.phrases);
  EXPECT_NEAR(a.all.mass, b.all.mass, 1e-5);
  EXPECT_EQ(a.all.peak, b.all.peak);
}

TEST(PointingReport, SeparatesThingsAndWeightsTypesEqually) {
  std::vector<PhrasePointing> phrases(5);
  const char* types[] = {"people", "people", "people", "vehicles/scene", "animals"};
  for (std::size_t i = 0; i < 5; ++i) {
    phrases[i].type = types[i];
    phrases[i].peak_inside = i != 4;
    phrases[i].mass = 0.1 * double(i);
  }
  const PointingReport report = report_on(phrases);
  EXPECT_EQ(report.all.phrases, 5U);
  EXPECT_NEAR(report.all.peak, 0.8, 1e-12);
  EXPECT_EQ(report.things.phrases, 4U);
  EXPECT_NEAR(report.things.peak, 0.75, 1e-12);
  EXPECT_NEAR(report.things.mass, (0 + 0.1 + 0.2 + 0.4) / 4, 1e-12);
  ASSERT_EQ(report.types.size(), 4U);
  EXPECT_EQ(report.types[0].first, "animals");
  EXPECT_EQ(report.types[3].first, "vehicles");
  // animals, people, vehicles; not scene.
  EXPECT_NEAR(report.mean_of_types.peak, (0 + 1 + 1) / 3.0, 1e-12);
  EXPECT_NEAR(report.mean_of_types.mass, (0.4 + 0.1 + 0.3) / 3, 1e-12);
  EXPECT_EQ(to_json(report)["types"]["people"]["phrases"], 3);
}

TEST_F(Pointing, IsDrawnWithBoxesAndWritten) {
  const auto all = measured();
  const Image figure =
      draw_pointing(captioner_.bundle(), dataset_, phrases_, all, MapKind::alpha, 8, "title");
  EXPECT_EQ(figure.rgb.size(), std::size_t(figure.width) * std::size_t(figure.height) * 3);
  int outlined = 0;
  for (std::size_t i = 0; i < figure.rgb.size(); i += 3) {
    outlined += figure.rgb[i] == 60 && figure.rgb[i + 1] == 220 && figure.rgb[i + 2] == 255;
  }
  EXPECT_GT(outlined, 100);
  const auto files = write_pointing(to_json(report_on(all)), figure, folder_ / "out");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_NE(read_file(files[0]).find("\"peak_in_box\""), std::string::npos);
  EXPECT_FALSE(cv::imread(files[1].string()).empty());
}

}  // namespace
}  // namespace saccade::test
