#include "saccade/training/training_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/training/trainer.h"

#include "training/tiny_data.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;

std::string step(int number, int epoch) {
  return "{\"epoch\":" + std::to_string(epoch) +
         ",\"loss\":1.5,\"step\":" + std::to_string(number) + "}\n";
}
std::string validation(int number, int epoch) {
  return "{\"bleu_4\":0.2,\"cider\":0.5,\"epoch\":" + std::to_string(epoch) +
         ",\"step\":" + std::to_string(number) + "}\n";
}

class TrainingLog : public ::testing::Test {
 protected:
  std::string cut(const std::string& text, int at_step, int epochs) {
    write_file(log_, text);
    cut_training_log(log_, at_step, epochs);
    return read_file(log_);
  }
  TemporaryFolder folder_;
  std::filesystem::path log_ = folder_ / "train.jsonl";
};

TEST_F(TrainingLog, IsTruncatedToTheStepOfTheCheckpoint) {
  // Two steps per epoch; saved after three steps, killed after five.
  const std::string saved = step(0, 1) + step(1, 1) + validation(2, 1) + step(2, 2);
  EXPECT_EQ(cut(saved + step(3, 2) + validation(4, 2) + step(4, 3), 3, 1), saved);
}

TEST_F(TrainingLog, KeepsTheValidationBeforeACheckpoint) {
  const std::string epoch = step(0, 1) + step(1, 1);
  EXPECT_EQ(cut(epoch + validation(2, 1), 2, 1), epoch + validation(2, 1));
  EXPECT_EQ(cut(epoch + validation(2, 1), 2, 0), epoch)
      << "saved before the validation, which the run will repeat";
}

TEST_F(TrainingLog, LosesAnIncompleteLine) {
  EXPECT_EQ(cut(step(0, 1) + "{\"epoch\":1,\"lo", 5, 0), step(0, 1));
  EXPECT_EQ(cut(step(0, 1) + "{\"epoch\":1,\"step\":1}", 5, 0), step(0, 1))
      << "without its line break";
  EXPECT_EQ(cut("\n" + step(0, 1) + "null\n", 5, 0), step(0, 1));
}

TEST_F(TrainingLog, IsUnchangedIfNothingIsRemoved) {
  write_file(log_, step(0, 1));
  const auto before = std::filesystem::last_write_time(log_);
  std::filesystem::create_hard_link(log_, folder_ / "same");
  cut_training_log(log_, 1, 0);
  EXPECT_TRUE(std::filesystem::equivalent(log_, folder_ / "same"));
  EXPECT_EQ(std::filesystem::last_write_time(log_), before);
  EXPECT_NO_THROW(cut_training_log(folder_ / "none.jsonl", 1, 0));
}

TEST_F(TrainingLog, OfAResumedRunHasEveryStepOnce) {
  at::set_num_threads(1);
  const Dataset dataset = tiny_dataset(folder_);
  const auto make_run = [&](bool resume) {
    TrainingRun run;
    run.config.epochs = 3;
    run.config.batch_images = 1;
    run.config.captions_per_image = 1;
    run.config.min_count = 1;
    run.config.bf16 = false;
    run.model.input.size = 32;
    run.model.decoder.projection = run.model.decoder.embedding = run.model.decoder.hidden = 8;
    run.model.decoder.attention = 4;
    EncoderConfig encoder;
    encoder.layer = "features.2";
    torch::manual_seed(1);
    run.encoder = Encoder(encoder);
    run.train = dataset;
    run.dev = {{"tiny", dataset}};
    run.directory = folder_ / "run";
    run.resume = resume;
    return run;
  };
  int steps = 0;
  TrainingCallbacks stop;
  stop.should_stop = [&] { return ++steps == 3; };
  ASSERT_EQ(train(make_run(false), stop), TrainingEnd::stopped);
  // Lines logged after the checkpoint and before the kill, and an incomplete line.
  const auto log = folder_ / "run" / "train.jsonl";
  write_file(log, read_file(log) + step(3, 2) + validation(4, 2) + step(4, 3) + "{\"step\"");
  ASSERT_EQ(train(make_run(true), {}), TrainingEnd::finished);
  std::vector<int> batches, validations;
  std::istringstream in(read_file(log));
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    (json.contains("bleu_4") ? validations : batches).push_back(json.at("step"));
  }
  EXPECT_THAT(batches, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(validations, ElementsAre(2, 4, 6));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run" / "curves.png"));
}

}  // namespace
}  // namespace saccade::test
