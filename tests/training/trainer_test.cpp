#include "saccade/training/trainer.h"

#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "saccade/training/validation.h"

#include "training/tiny_data.h"

namespace saccade::test {
namespace {

/// A few early layers of a small network: seconds, not hours.
TrainingRun tiny_run(const Dataset& dataset, const std::filesystem::path& directory) {
  at::set_num_threads(1);
  TrainingRun run;
  run.config.epochs = 60;
  run.config.batch_images = 1;
  run.config.captions_per_image = 2;
  run.config.min_count = 1;
  run.config.learning_rate = 1e-2;
  run.config.encoder_learning_rate = 1e-3;
  run.config.warmup_steps = 5;
  run.config.dropout = 0;
  run.config.bf16 = false;
  run.model.input.size = 32;
  run.model.decoder.projection = 16;
  run.model.decoder.embedding = 24;
  run.model.decoder.hidden = 24;
  run.model.decoder.attention = 8;
  EncoderConfig encoder;
  encoder.layer = "features.5";
  torch::manual_seed(1);
  run.encoder = Encoder(encoder);
  run.train = run.dev = dataset;
  run.directory = directory;
  return run;
}

/// step → cross entropy
std::map<int, double> losses(const std::filesystem::path& directory) {
  std::istringstream in(read_file(directory / "train.jsonl"));
  std::map<int, double> losses;
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("cross_entropy")) losses[json["step"]] = json["cross_entropy"];
  }
  return losses;
}

TEST(Trainer, LearnsTwoImagesByHeart) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  EXPECT_EQ(train(tiny_run(dataset, folder / "run"), {}), TrainingEnd::finished);
  const Captioner captioner = Captioner::load(folder / "run" / "best");
  const auto captions = caption_dataset(captioner, dataset, {}, 2);
  EXPECT_EQ(captions[0].text, "a red wall beside a yellow door");
  EXPECT_EQ(captions[1].text, "two blue birds sit on a dark branch");
}

TEST(Trainer, ResumesToTheSameLossesAsAnUnbrokenRun) {
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

TEST(Trainer, LeavesAFrozenEncoderAsItWas) {
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

TEST(Trainer, RefusesACheckpointOfAnotherConfig) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun run = tiny_run(dataset, folder / "run");
  run.config.epochs = 1;
  train(run, {});
  run = tiny_run(dataset, folder / "run");
  run.config.epochs = 2;
  run.resume = true;
  try {
    train(run, {});
    FAIL() << "the checkpoint was taken";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("another training config"), std::string::npos);
  }
}

TEST(Trainer, StopsAtALossThatIsNoNumberAndNamesTheBatch) {
  const TemporaryFolder folder;
  TrainingRun run = tiny_run(tiny_dataset(folder), folder / "run");
  {
    torch::NoGradGuard no_gradient;
    run.encoder->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  try {
    train(run, {});
    FAIL() << "training went on";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("epoch 1, batch 1"), std::string::npos);
  }
}

}  // namespace
}  // namespace saccade::test
