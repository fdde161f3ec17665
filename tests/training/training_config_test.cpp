#include "saccade/training/training_config.h"

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

using Json = nlohmann::json;

std::string message(const Json& json) {
  try {
    training_config_from_json(json);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TrainingConfig, ReadsWhatItWrote) {
  TrainingConfig config;
  config.epochs = 3;
  config.ema = 0.5;
  config.augment.flip = true;
  config.coverage.target = "one";
  const Json json = to_json(config);
  EXPECT_EQ(to_json(training_config_from_json(json)), json);
}

TEST(TrainingConfig, KeepsTheBaseForMissingKeys) {
  TrainingConfig base;
  base.epochs = 77;
  const TrainingConfig config = training_config_from_json({{"dropout", 0.25}}, base);
  EXPECT_EQ(config.epochs, 77);
  EXPECT_EQ(config.dropout, 0.25);
}

TEST(TrainingConfig, NamesTheInvalidKey) {
  EXPECT_EQ(message({{"epoch", 3}}), "training config: unknown key \"epoch\"");
  EXPECT_EQ(message({{"epochs", 0}}),
            "training config: epochs is 0, expected a value from 1.0 to 100000.0");
  EXPECT_EQ(message({{"epochs", 2.5}}), "training config: epochs is 2.5, expected a whole number");
  EXPECT_EQ(message({{"bf16", 1}}), "training config: bf16 is 1, expected true or false");
  EXPECT_EQ(message({{"dropout", "half"}}),
            "training config: dropout is \"half\", expected a number");
  EXPECT_EQ(message({{"coverage_target", "T"}}),
            "training config: coverage_target is \"T\", expected one of one, share");
  EXPECT_EQ(message({{"schedule", 3}}), "training config: schedule is 3, expected a string");
  EXPECT_EQ(message(Json::array()), "training config: expected a JSON object");
}

TEST(TrainingConfig, RefusesASelfCriticalRunThatCannotLearn) {
  const Json base{{"objective", "self_critical"}};
  EXPECT_EQ(message(base), "no error");
  Json json = base;
  json["self_critical_cider"] = 0;
  EXPECT_NE(message(json).find("needs a reward"), std::string::npos);
  json = base;
  json["self_critical_candidates"] = 1;
  EXPECT_NE(message(json).find("at least 2"), std::string::npos);
}

}  // namespace
}  // namespace saccade::test
