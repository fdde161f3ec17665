#include "saccade/training/optimization.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saccade::test {
namespace {

TEST(Optimizers, EachFindsTheMinimum) {
  for (const char* name : {"adamw", "adam", "rmsprop", "sgd"}) {
    TrainingConfig config;
    config.optimizer = name;
    config.learning_rate = 0.05;
    const at::Tensor x = at::full({1}, 3.0F).requires_grad_();
    const at::Tensor y = at::full({1}, -2.0F).requires_grad_();
    const auto optimizer = make_optimizer(config, {{x}, {y}});
    ASSERT_EQ(optimizer->param_groups().size(), 2U);
    for (int step = 0; step < 400; ++step) {
      optimizer->zero_grad();
      ((x - 1).pow(2) + (y + 1).pow(2)).sum().backward();
      optimizer->step();
    }
    EXPECT_NEAR(x.item<double>(), 1, 0.06) << name;
    EXPECT_NEAR(y.item<double>(), -1, 0.06) << name;
  }
}

TrainingConfig scheduled(const std::string& schedule) {
  TrainingConfig config;
  config.schedule = schedule;
  config.epochs = 10;
  config.warmup_steps = 4;
  config.schedule_epochs = 2;
  config.schedule_factor = 0.1;
  return config;
}

TEST(Schedules, WarmUpIsLinear) {
  const LearningRateSchedule schedule(scheduled("constant"), 10);
  EXPECT_DOUBLE_EQ(schedule.share(0), 0.25);
  EXPECT_DOUBLE_EQ(schedule.share(3), 1);
  EXPECT_DOUBLE_EQ(schedule.share(99), 1);
}

TEST(Schedules, CosineEndsAtOneHundredth) {
  const LearningRateSchedule schedule(scheduled("cosine"), 10);
  EXPECT_DOUBLE_EQ(schedule.share(4), 1);
  EXPECT_NEAR(schedule.share(52), 0.01 + 0.99 / 2, 1e-12);  // halfway from 4 to 100
  EXPECT_NEAR(schedule.share(100), 0.01, 1e-12);
}

TEST(Schedules, StepDropsEveryFewEpochs) {
  const LearningRateSchedule schedule(scheduled("step"), 10);
  EXPECT_DOUBLE_EQ(schedule.share(19), 1);
  EXPECT_NEAR(schedule.share(20), 0.1, 1e-12);
  EXPECT_NEAR(schedule.share(45), 0.01, 1e-12);
}

TEST(Schedules, PlateauWaitsForTheMetric) {
  LearningRateSchedule schedule(scheduled("plateau"), 10);
  for (const std::int64_t since_best : {0, 1, 0, 1}) schedule.validated(since_best);
  EXPECT_DOUBLE_EQ(schedule.share(50), 1);
  schedule.validated(2);
  EXPECT_NEAR(schedule.share(50), 0.1, 1e-12);
  schedule.validated(3);
  schedule.validated(4);
  EXPECT_NEAR(schedule.share(50), 0.01, 1e-12);
}

}  // namespace
}  // namespace saccade::test
