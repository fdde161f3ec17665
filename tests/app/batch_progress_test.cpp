#include "batch_progress.h"

#include <cstddef>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::app {
namespace {

using ::testing::HasSubstr;

BatchStatus a_quarter() {
  BatchStatus status;
  status.done = 250;
  status.total = 1000;
  status.failed = 3;
  status.seconds = 20;
  return status;
}

TEST(BatchProgress, SaysHowFarTheRunIs) {
  EXPECT_EQ(batch_line(a_quarter(), 0), "250 of 1000, 3 failed, 12.5 images/s, 1 min left");
}

TEST(BatchProgress, FitsTheTerminal) {
  EXPECT_THAT(batch_line(a_quarter(), 100), HasSubstr("=>"));
  for (std::size_t columns = 1; columns < 200; ++columns) {
    EXPECT_LT(batch_line(a_quarter(), columns).size(), columns) << columns;
  }
}

TEST(BatchProgress, KnowsNoTimeBeforeTheFirstImage) {
  BatchStatus status;
  status.total = 10;
  EXPECT_THAT(batch_line(status, 0), HasSubstr("? left"));
}

}  // namespace
}  // namespace saccade::app
