#include <functional>

#include <gtest/gtest.h>

#include "saccade/evaluate/validation.h"

#include "training/peer_process.h"
#include "training/tiny_run.h"

namespace saccade::test {
namespace {

TrainingEnd run_until(const TrainingRun& run, int steps) {
  int done = 0;
  TrainingCallbacks callbacks;
  if (steps > 0) callbacks.should_stop = [&] { return ++done == steps; };
  return train(run, callbacks);
}

/// Expects that an interrupted and resumed run logs the same numbers as an uninterrupted one.
/// @param make  creates a run with its own encoder and decoder.
void expect_resumes(const std::function<TrainingRun()>& make, const TemporaryFolder& folder,
                    const char* key) {
  const auto named = [&](const char* name) {
    TrainingRun run = make();
    run.config.epochs = 4;
    run.config.ema = 0.9;
    run.directory = folder / name;
    return run;
  };
  EXPECT_EQ(run_until(named("whole"), 0), TrainingEnd::finished);
  EXPECT_EQ(run_until(named("broken"), 3), TrainingEnd::stopped);
  TrainingRun resumed = named("broken");
  resumed.resume = true;
  EXPECT_EQ(run_until(resumed, 0), TrainingEnd::finished);
  const auto whole = losses(folder / "whole", key), broken = losses(folder / "broken", key);
  EXPECT_EQ(whole.size(), 8U);
  EXPECT_EQ(whole, broken);
}

TEST(TrainerObjectives, HardAttentionMemorizesTwoImages) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun run = tiny_run(dataset, folder / "run");
  run.model.decoder.kind = AttentionKind::hard;
  run.config.epochs = 80;
  run.config.hard.reward_weight = 0.1;
  run.config.hard.samples = 2;
  EXPECT_EQ(train(run, {}), TrainingEnd::finished);
  const Captioner captioner = Captioner::load(folder / "run" / "best");
  const auto captions = caption_dataset(captioner, dataset, {}, 2);
  EXPECT_EQ(captions[0].text, "a red wall beside a yellow door");
  EXPECT_EQ(captions[1].text, "two blue birds sit on a dark branch");
  for (const CaptionWord& word : captions[0].words) EXPECT_GE(word.cell, 0);
}

TEST(TrainerObjectives, HardAttentionResumes) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto make = [&] {
    TrainingRun run = tiny_run(dataset, folder / "run");
    run.model.decoder.kind = AttentionKind::hard;
    return run;
  };
  expect_resumes(make, folder, "loss");
}

TEST(TrainerObjectives, SelfCriticalResumesWithCachedFeatures) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun start = tiny_run(dataset, folder / "start");
  start.config.epochs = 30;
  train(start, {});
  const auto make = [&] {
    TrainingRun run = tiny_run(dataset, folder / "run");
    run.start = load_bundle(folder / "start" / "best");
    run.config.objective = "self_critical";
    run.config.encoder_from = 1000;
    run.config.learning_rate = 1e-3;
    run.feature_cache = folder / "features";
    return run;
  };
  expect_resumes(make, folder, "reward");
}

TEST(TrainerObjectives, ScheduledSamplingResumes) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto make = [&] {
    TrainingRun run = tiny_run(dataset, folder / "run");
    run.config.scheduled_sampling = 0.5;
    run.config.attention_dropout = 0.2;
    return run;
  };
  expect_resumes(make, folder, "cross_entropy");
}

TEST(TrainerObjectives, AccumulatedBatchesEqualOneOfTheirSize) {
  const TemporaryFolder folder;
  Dataset dataset = tiny_dataset(folder);
  dataset.images[0].captions = {"a red wall and a door", "a red wall and a door"};
  dataset.images[1].captions = {"two blue birds sit on trees", "two blue birds sit on trees"};
  const auto trained = [&](const char* name, std::int64_t images, std::int64_t accumulate) {
    TrainingRun run = tiny_run(dataset, folder / name);
    run.config.epochs = 3;
    run.config.optimizer = "sgd";
    run.config.learning_rate = run.config.encoder_learning_rate = 0.05;
    run.config.batch_images = images;
    run.config.accumulate = accumulate;
    train(run, {});
    const Bundle bundle = load_bundle(folder / name / "best");
    return bundle.decoder->lstm->hidden->weight.clone();
  };
  const at::Tensor whole = trained("whole", 2, 1), parts = trained("parts", 1, 2);
  EXPECT_TRUE(at::allclose(whole, parts, 1e-2, 2e-3));  // stored in half precision
  EXPECT_FALSE(at::allclose(whole, trained("small", 1, 1), 1e-2, 2e-3));
}

TEST(TrainerObjectives, StopsEarlyWhenTheMetricNoLongerImproves) {
  const TemporaryFolder folder;
  TrainingRun run = tiny_run(tiny_dataset(folder), folder / "run");
  run.config.learning_rate = run.config.encoder_learning_rate = 0;
  run.config.epochs = 50;
  run.config.early_stop = 2;
  std::int64_t validations = 0;
  TrainingCallbacks callbacks;
  callbacks.validated = [&](const ValidationResult&) { ++validations; };
  EXPECT_EQ(train(run, callbacks), TrainingEnd::finished);
  EXPECT_EQ(validations, 3);  // the first is the best
}

TEST(TrainerObjectives, CacheRefusesALearningEncoderAndAugmentation) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  TrainingRun run = tiny_run(dataset, folder / "run");
  run.feature_cache = folder / "features";
  EXPECT_THROW(train(run, {}), std::invalid_argument);  // the encoder learns
  run = tiny_run(dataset, folder / "other");
  run.feature_cache = folder / "features";
  run.config.encoder_from = 1000;
  run.config.augment.flip = true;
  EXPECT_THROW(train(run, {}), std::invalid_argument);
}

TEST(TrainerObjectives, BatchNormsKeepTheirStatisticsByDefault) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);
  const auto statistics_move = [&](const char* name, const char* handling) {
    TrainingRun run = tiny_run(dataset, folder / name);
    EncoderConfig encoder;
    encoder.layer = "features.3";
    encoder.folded = false;
    run.encoder = Encoder(encoder);
    run.config.epochs = 2;
    run.config.encoder_batch_norm = handling;
    const at::Tensor before = run.encoder->buffers()[0].clone();
    Encoder trained = run.encoder;
    train(run, {});
    return !at::equal(trained->buffers()[0], before);
  };
  EXPECT_FALSE(statistics_move("fixed", "fixed"));
  EXPECT_TRUE(statistics_move("learned", "learned"));
}

TEST(TrainerObjectives, TwoProcessesLearnAsOneWithTwiceTheBatch) {
  const TemporaryFolder folder;
  const Dataset dataset = tiny_dataset(folder);  // captions of 7 and 8 words: unequal parts
  const auto make = [&](const std::filesystem::path& directory, std::int64_t images) {
    TrainingRun run = tiny_run(dataset, directory);
    run.config.epochs = 3;
    run.config.optimizer = "sgd";
    run.config.learning_rate = run.config.encoder_learning_rate = 0.05;
    run.config.batch_images = images;
    run.config.coverage.weight = 0.5;
    run.phrases.emplace();  // only words of one image are supervised
    const std::vector<TokenPhrase> wall{{1, 3, "", "", {{0, 0, 0.5, 1}}}};
    run.phrases->of = {{wall, wall}, {{}, {}}};
    return run;
  };
  const auto weight = [&](const char* name) {
    return load_bundle(folder / name / "best").decoder->lstm->hidden->weight.clone();
  };
  if (const auto port = Peer::port()) {
    TrainingRun run = make(std::getenv("SACCADE_TEST_OUTPUT"), 1);
    run.processes = std::make_shared<ProcessGroup>(peer_options(1, *port));
    train(run, {});
    return;
  }
  train(make(folder / "one", 2), {});
  const std::uint16_t port = free_port();
  Peer peer(port, folder / "two");
  TrainingRun first = make(folder / "two", 1);
  first.processes = std::make_shared<ProcessGroup>(peer_options(0, port));
  train(first, {});
  ASSERT_EQ(peer.wait(), 0);
  EXPECT_TRUE(at::allclose(weight("one"), weight("two"), 1e-2, 2e-3));  // stored in half precision
  train(make(folder / "half", 1), {});
  EXPECT_FALSE(at::allclose(weight("one"), weight("half"), 1e-2, 2e-3));
}

}  // namespace
}  // namespace saccade::test
