#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "saccade/evaluate/validation.h"
#include "saccade/training/trainer.h"

#include "other_device.h"
#include "training/tiny_run.h"

namespace saccade::test {
namespace {

/// A config to train with, and the name of the logged number to compare.
struct Variant {
  const char* name;
  const char* figure;
  std::function<void(TrainingRun&)> set;
  double tolerance = 2e-3;
};

/// "wall" is in the left half of the first image.
void supervise(TrainingRun& run) {
  run.config.batch_images = 2;
  run.config.epochs = 6;
  const std::vector<TokenPhrase> wall{{1, 3, "", "", {{0, 0, 0.5, 1}}}};
  run.phrases.emplace();
  run.phrases->of = {{wall, wall}, {{}, {}}};
}

class TrainingOnADevice : public testing::TestWithParam<Variant> {};

TEST_P(TrainingOnADevice, TakesTheSameStepsAsTheCpu) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto losses_on = [&](at::Device device, const std::string& name) {
    TrainingRun run = tiny_run(dataset, folder / name);
    run.config.epochs = 3;
    run.config.dropout = 0.3;
    GetParam().set(run);
    run.device = device;
    EXPECT_EQ(train(run, {}), TrainingEnd::finished);
    return losses(folder / name, GetParam().figure);
  };
  const auto expected = losses_on(at::kCPU, "here"), there = losses_on(other_device(), "there");
  ASSERT_EQ(expected.size(), 6U);
  ASSERT_EQ(there.size(), 6U);
  for (const auto& [step, loss] : expected) {
    EXPECT_NEAR(there.at(step), loss, GetParam().tolerance * std::abs(loss) + 1e-4)
        << "step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainingOnADevice,
    testing::Values(Variant{"SoftAttention", "cross_entropy",
                            [](TrainingRun& run) {
                              run.config.attention_dropout = 0.1;
                              run.config.label_smoothing = 0.1;
                              run.config.coverage.weight = 1;
                              run.config.scheduled_sampling = 0.5;
                            }},
                    Variant{"SupervisedAttention", "attention_supervision", supervise},
                    Variant{"HardAttention", "log_p",
                            [](TrainingRun& run) {
                              run.model.decoder.kind = AttentionKind::hard;
                              run.config.hard.samples = 2;
                            }},
                    Variant{"NoAttention", "cross_entropy",
                            [](TrainingRun& run) { run.model.decoder.context = Context::once; }},
                    Variant{"TheEncoderToo", "cross_entropy",
                            [](TrainingRun& run) {
                              run.config.encoder_from = 1;
                              run.config.ema = 0.9;
                              run.config.augment.crop_area = 0.7;
                            }},
                    Variant{"InBfloat16", "cross_entropy",
                            [](TrainingRun& run) { run.config.bf16 = true; }, 2e-2},
                    Variant{"CachedFeatures", "cross_entropy",
                            [](TrainingRun& run) {
                              run.config.encoder_from = run.config.epochs;
                              run.feature_cache = run.directory.string() + "-features";
                            }},
                    Variant{"SelfCritical", "reward",
                            [](TrainingRun& run) {
                              run.config.objective = "self_critical";
                              run.config.max_words = 6;
                            }},
                    Variant{"SelfCriticalAgainstGreedy", "reward",
                            [](TrainingRun& run) {
                              run.config.objective = "self_critical";
                              run.config.self_critical.baseline = "greedy";
                              run.config.self_critical.search = "beam";
                              run.config.max_words = 6;
                            }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TrainingOnOneDevice, ResumesOnAnother) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto run_on = [&](at::Device device, const std::string& name, bool resume) {
    TrainingRun run = tiny_run(dataset, folder / name);
    run.config.epochs = 4;
    run.config.ema = 0.9;
    run.device = device;
    run.resume = resume;
    return run;
  };
  train(run_on(at::kCPU, "whole", false), {});
  int steps = 0;
  TrainingCallbacks stop;
  stop.should_stop = [&] { return ++steps == 3; };
  EXPECT_EQ(train(run_on(other_device(), "broken", false), stop), TrainingEnd::stopped);
  EXPECT_EQ(train(run_on(at::kCPU, "broken", true), {}), TrainingEnd::finished);
  const auto whole = losses(folder / "whole"), broken = losses(folder / "broken");
  ASSERT_EQ(whole.size(), broken.size());
  for (const auto& [step, loss] : whole) EXPECT_NEAR(broken.at(step), loss, 2e-3 * loss);
}

TEST(TrainingOnOneDevice, WritesABundleForAnother) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun run = tiny_run(dataset, folder / "run");
  run.device = other_device();
  train(run, {});
  const auto captions = caption_dataset(Captioner::load(folder / "run" / "best"), dataset, {}, 2);
  EXPECT_EQ(captions[0].text, "a red wall beside a yellow door");
}

}  // namespace
}  // namespace saccade::test
