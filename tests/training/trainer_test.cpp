#include "saccade/training/trainer.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "saccade/evaluate/validation.h"

#include "training/tiny_run.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

TEST(Trainer, MemorizesTwoImages) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  EXPECT_EQ(train(tiny_run(dataset, folder / "run"), {}), TrainingEnd::finished);
  const Captioner captioner = Captioner::load(folder / "run" / "best");
  const auto captions = caption_dataset(captioner, dataset, {}, 2);
  EXPECT_EQ(captions[0].text, "a red wall beside a yellow door");
  EXPECT_EQ(captions[1].text, "two blue birds sit on a dark branch");
}

TEST(Trainer, ResumesToTheSameLossesAsAnUninterruptedRun) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto run_into = [&](const std::string& name, bool resume) {
    TrainingRun run = tiny_run(dataset, folder / name);
    run.config.epochs = 4;
    run.config.dropout = 0.3;
    run.config.ema = 0.9;
    run.config.augment.crop_area = 0.7;
    run.resume = resume;
    return run;
  };
  train(run_into("whole", false), {});
  int steps = 0;
  TrainingCallbacks stop;
  stop.should_stop = [&] { return ++steps == 3; };
  EXPECT_EQ(train(run_into("broken", false), stop), TrainingEnd::stopped);
  EXPECT_EQ(train(run_into("broken", true), {}), TrainingEnd::finished);
  const auto whole = losses(folder / "whole"), broken = losses(folder / "broken");
  EXPECT_EQ(whole.size(), 8U);
  EXPECT_EQ(whole, broken);
}

TEST(Trainer, KeepsAFrozenEncoderUnchanged) {
  const TemporaryFolder folder;
  TrainingRun run = tiny_run(tiny_dataset(folder), folder / "run");
  run.config.epochs = 2;
  run.config.encoder_from = 1;
  Encoder encoder = run.encoder;
  const at::Tensor before = encoder->parameters()[0].detach().clone();
  int steps = 0;
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& now) {
    const bool same = at::equal(encoder->parameters()[0].detach(), before);
    EXPECT_EQ(same, now.epoch == 1) << "epoch " << now.epoch;
    ++steps;
  };
  train(run, callbacks);
  EXPECT_EQ(steps, 4);
}

TEST(Trainer, RefusesToOverwriteARun) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun run = tiny_run(dataset, folder / "run");
  run.config.epochs = 1;
  train(run, {});
  EXPECT_THROW(train(run, {}), std::runtime_error);
}

TEST(Trainer, RefusesACheckpointOfAnotherConfigOrModelAndNamesTheDifference) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto run_once = [&] {
    TrainingRun run = tiny_run(dataset, folder / "run");
    run.config.epochs = 1;
    return run;
  };
  train(run_once(), {});
  const auto refusal = [&](const std::function<void(TrainingRun&)>& change) {
    TrainingRun other = run_once();
    other.resume = true;
    change(other);
    try {
      train(other, {});
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("the checkpoint was taken");
  };
  EXPECT_THAT(refusal([](TrainingRun& run) { run.config.epochs = 2; }),
              HasSubstr("another training config (/epochs was 1 and is 2)"));
  EXPECT_THAT(refusal([](TrainingRun& run) { run.model.input.size *= 2; }),
              HasSubstr("another model (/input/size was 32 and is 64)"));
  EXPECT_THAT(refusal([](TrainingRun& run) { run.model.decoder.hidden *= 2; }),
              HasSubstr("another model (/decoder/hidden was "));
}

TEST(Trainer, StopsAtALossThatIsNotFiniteAndNamesTheBatch) {
  const TemporaryFolder folder;
  TrainingRun run = tiny_run(tiny_dataset(folder), folder / "run");
  {
    torch::NoGradGuard no_gradient;
    run.encoder->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  try {
    train(run, {});
    FAIL() << "training continued";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("epoch 1, batch 1"), std::string::npos);
  }
}

}  // namespace
}  // namespace saccade::test
