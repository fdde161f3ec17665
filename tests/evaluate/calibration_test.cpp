#include "saccade/caption/calibration.h"

#include <cmath>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <torch/types.h>

#include "saccade/caption/captioner.h"
#include "saccade/evaluate/calibration_fit.h"
#include "saccade/evaluate/non_photographs.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/search/sampling.h"

#include "explain/small_captioner.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

/// For small_bundle: pooled annotations around 0, weight only on the mean log p.
Calibration small_calibration() {
  Calibration calibration;
  calibration.temperature = 1.7;
  calibration.pooled_mean.assign(32, 0.125f);
  calibration.pooled_deviation.assign(32, 0.5f);
  const std::size_t signs = sign_names().size();
  calibration.acceptable.mean.assign(signs, 0);
  calibration.acceptable.scale.assign(signs, 1);
  calibration.acceptable.weights.assign(signs, 0);
  calibration.acceptable.weights[0] = 2;
  calibration.acceptable.bias = 1;
  calibration.fitted = {{"data", "none"}};
  return calibration;
}

TEST(Calibration, IsLoadedFromTheBundleThatItWasFittedTo) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", small_bundle(), Storage::fp32, "# Card\n");
  EXPECT_FALSE(load_calibration(folder / "model", 32).has_value());
  save_calibration(folder / "model", small_calibration());
  const auto back = load_calibration(folder / "model", 32);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->temperature, 1.7);
  EXPECT_EQ(back->pooled_mean, small_calibration().pooled_mean);
  EXPECT_EQ(back->acceptable.weights, small_calibration().acceptable.weights);
  EXPECT_TRUE(Captioner::load(folder / "model").calibration().has_value());
}

TEST(Calibration, IsRefusedForOtherWeightsOrSizes) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", small_bundle(), Storage::fp32, "# Card\n");
  save_calibration(folder / "model", small_calibration());
  const std::string text = read_file(folder / "model" / kCalibrationFile);
  const auto refusal = [&](std::int64_t features) -> std::string {
    try {
      load_calibration(folder / "model", features);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it was taken";
  };
  EXPECT_THAT(refusal(31), HasSubstr("calibration.json: pooled_mean"));
  auto json = nlohmann::json::parse(text);
  json["weights_sha256"] = "0";
  write_file(folder / "model" / kCalibrationFile, json.dump());
  EXPECT_THAT(refusal(32), HasSubstr("fit it again with `saccade model calibrate`"));
  json = nlohmann::json::parse(text);
  json["temperature"] = 0;
  write_file(folder / "model" / kCalibrationFile, json.dump());
  EXPECT_THAT(refusal(32), HasSubstr("temperature is 0"));
  // Saving a model with other weights removes the calibration fitted to the old ones.
  save_bundle(folder / "model", small_bundle(), Storage::fp16, "# Card\n");
  EXPECT_FALSE(load_calibration(folder / "model", 32).has_value());
}

TEST(Calibration, ChangesOnlyTheReportedProbabilities) {
  const Captioner plain(small_bundle()), calibrated(small_bundle(), small_calibration());
  CaptionOptions options;
  options.search.constraints.max_length = 6;
  options.search.alternatives = 20;  // all words
  const Caption before = plain.caption({noisy_image()}, options).front().front();
  const Caption after = calibrated.caption({noisy_image()}, options).front().front();
  EXPECT_EQ(after.text, before.text);
  EXPECT_EQ(after.score, before.score);
  EXPECT_FALSE(before.confidence.has_value());
  ASSERT_TRUE(after.confidence.has_value());
  double sum_log_p = 0;
  for (std::size_t t = 0; t < after.words.size(); ++t) {
    const CaptionWord& word = after.words[t];
    EXPECT_EQ(word.log_p, before.words[t].log_p);
    EXPECT_EQ(before.words[t].p(), std::exp(word.log_p));
    double mass = 0, own = 0, total = 0;
    for (const Alternative& other : before.words[t].alternatives) {
      mass += std::pow(other.p, 1 / 1.7);
      if (other.word == word.word) own = std::pow(other.p, 1 / 1.7);
    }
    for (const Alternative& other : word.alternatives) total += other.p;
    EXPECT_NEAR(word.p(), own / mass, 1e-5);
    EXPECT_NEAR(total, 1, 1e-5);
    sum_log_p += std::log(word.p());
  }
  const double mean = sum_log_p / static_cast<double>(after.words.size());
  EXPECT_NEAR(*after.confidence, 1 / (1 + std::exp(-(2 * mean + 1))), 1e-6);
}

TEST(Calibration, MeasuresStrangenessInStandardDeviations) {
  const Calibration calibration = small_calibration();
  EXPECT_NEAR(strangeness(calibration, torch::full({32}, 0.125 + 0.5)), 0, 1e-6);
  EXPECT_NEAR(strangeness(calibration, torch::full({32}, 0.125 - 1.5)), std::log(9), 1e-6);
}

TEST(CalibrationFit, SeparatesSentencesSampledAtLowAndHighTemperature) {
  Bundle bundle = small_bundle();
  bundle.vocabulary = Vocabulary(small_words());
  const Captioner captioner(bundle);
  const TemporaryFolder folder;
  Dataset dataset;
  for (int i = 0; i < 6; ++i) {
    const auto file = folder / (std::to_string(i) + ".png");
    cv::imwrite(file.string(), cv::Mat(32, 32, CV_8UC3, cv::Scalar(40 * i, 200 - 30 * i, 90)));
    dataset.images.push_back({std::to_string(i), file, {}});
  }
  const StepFunction step = [&](const State& state, const at::Tensor& words) {
    return bundle.decoder->step(state, words, AttentionMode::expected);
  };
  const auto estimate = [&](double temperature) {
    Dataset sampled;
    for (const CaptionedImage& image : dataset.images) {
      torch::InferenceMode guard;
      at::Tensor pixels = at::empty({1, 3, 32, 32});
      prepare_into(load_image(image.file), bundle.config.input, pixels.data_ptr<float>());
      SamplingOptions options;
      options.samples = 120;
      options.temperature = temperature;
      options.constraints.max_length = 12;
      Encoder encoder = bundle.encoder;
      const auto found = sample(step, bundle.decoder->start(encoder->forward(pixels)), options)[0];
      for (const Hypothesis& one : found) {
        CaptionedImage copy = image;
        std::string text;
        for (const auto id : one.ids) text += bundle.vocabulary.word(id) + " ";
        if (one.finished && !one.ids.empty()) {
          copy.captions = {text};
          sampled.images.push_back(copy);
        }
      }
    }
    return fit_temperature(captioner, sampled, 400);
  };
  // Sampling excludes special words and sentences of more than 12 words, unlike the model. So the
  // estimate is on the right side of 1, but not at the true value.
  EXPECT_LT(estimate(0.5), 0.75);
  EXPECT_GT(estimate(1.5), 1.25);
}

TEST(CalibrationFit, StandardizesPooledAnnotations) {
  Calibration calibration;
  set_pooled(calibration, torch::tensor({{1.f, 5.f}, {3.f, 5.f}}));
  EXPECT_EQ(calibration.pooled_mean, (std::vector<float>{2, 5}));
  EXPECT_FLOAT_EQ(calibration.pooled_deviation[0], 1);
  EXPECT_GT(calibration.pooled_deviation[1], 0) << "a constant feature";
  const Captioner captioner(small_bundle());
  EXPECT_EQ(pooled_annotations(captioner, {noisy_image(), noisy_image()}).sizes(),
            (std::vector<std::int64_t>{2, 32}));
}

TEST(CalibrationFit, ReportsTheCalibrationError) {
  // 10 captions at 0.85, 8 of them acceptable; 10 at 0.15, 1 of them acceptable.
  std::vector<double> confidences(20, 0.85);
  std::vector<bool> acceptable(20, true);
  for (std::size_t i = 8; i < 20; ++i) acceptable[i] = i == 10;
  for (std::size_t i = 10; i < 20; ++i) confidences[i] = 0.15;
  const Reliability found = reliability(confidences, acceptable);
  EXPECT_DOUBLE_EQ(found.base_rate, 9 / 20.0);
  EXPECT_NEAR(found.calibration, 0.5 * 0.05 + 0.5 * 0.05, 1e-12);
  EXPECT_EQ(found.bins[8].captions, 10U);
  EXPECT_NEAR(found.bins[8].acceptable, 0.8, 1e-12);
  EXPECT_NEAR(found.bins[1].acceptable, 0.1, 1e-12);
  EXPECT_NEAR(found.brier, (8 * 0.15 * 0.15 + 2 * 0.85 * 0.85 + 0.85 * 0.85 + 9 * 0.15 * 0.15) / 20,
              1e-12);
  // Of 9 · 11 pairs, 8 · 9 are in the right order, 8 · 2 and 1 · 9 tied, 1 · 2 in the wrong order.
  EXPECT_NEAR(found.auroc, (72 + 0.5 * 25) / 99, 1e-12);
}

TEST(CalibrationFit, LearnsToSeparateAcceptableCaptions) {
  std::mt19937 random(3);
  ConfidenceTable table;
  for (int i = 0; i < 400; ++i) {
    std::vector<double> row(sign_names().size());
    for (double& value : row) value = double(random() % 1000) / 1000;
    table.acceptable.push_back(row[0] > 0.6);
    table.rows.push_back(std::move(row));
  }
  Calibration calibration;
  fit_confidence(calibration, table);
  std::vector<double> confidences;
  for (const auto& row : table.rows) {
    confidences.push_back(calibration.acceptable.probability(row));
  }
  EXPECT_GT(reliability(confidences, table.acceptable).auroc, 0.97);
}

TEST(NonPhotographs, DependOnTheSeedAlone) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Image image = non_photograph(seed);
    EXPECT_EQ(image.rgb.size(), std::size_t(image.width) * std::size_t(image.height) * 3);
    EXPECT_EQ(image.rgb, non_photograph(seed).rgb);
    EXPECT_NE(image.rgb, non_photograph(seed + 5).rgb) << "of the same type";
  }
}

}  // namespace
}  // namespace saccade::test
