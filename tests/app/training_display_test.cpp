#include "training_display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "terminal.h"

namespace saccade::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TrainingProgress halfway() {
  TrainingProgress now;
  now.epoch = 3, now.epochs = 12;
  now.batch = 94, now.batches = 188;
  now.loss = 3.2144;
  now.words_per_second = 9120.4;
  now.seconds_left = 2 * 3600 + 5 * 60 + 1;
  return now;
}

TEST(TrainingDisplay, PrintsAllNumbersInAPlainLine) {
  EXPECT_EQ(progress_line(halfway(), 0),
            "epoch 3/12  batch 94/188  loss 3.214  9120 tokens/s  2:05 h left");
}

TEST(TrainingDisplay, DrawsABarForTheBatchesOfTheEpoch) {
  EXPECT_EQ(progress_line(halfway(), 200),
            "epoch 3/12 [===================>                  ] 94/188  loss 3.214  "
            "9120 tokens/s  2:05 h left");
  TrainingProgress end = halfway();
  end.batch = end.batches;
  EXPECT_THAT(progress_line(end, 200), HasSubstr("[" + std::string(38, '=') + "]"));
  end.batches = end.batch = 0;
  EXPECT_THAT(progress_line(end, 200), HasSubstr("[>" + std::string(37, ' ') + "]"));
}

TEST(TrainingDisplay, LeavesTheLastColumnFree) {
  for (std::size_t columns = 1; columns < 120; ++columns) {
    const std::string line = progress_line(halfway(), columns);
    EXPECT_LT(line.size(), columns);
  }
  EXPECT_THAT(progress_line(halfway(), 50), AllOf(HasSubstr("loss"), Not(HasSubstr("left"))))
      << "a part that does not fit is omitted";
}

TEST(TrainingDisplay, FormatsDurations) {
  EXPECT_EQ(duration(0.2), "0 s");
  EXPECT_EQ(duration(59.4), "59 s");
  EXPECT_EQ(duration(60), "1 min");
  EXPECT_EQ(duration(3599), "60 min");
  EXPECT_EQ(duration(3600), "1:00 h");
  EXPECT_EQ(duration(100 * 3600 + 61 * 60), "101:01 h");
  EXPECT_EQ(duration(-3), "0 s");
  EXPECT_EQ(duration(1e300), "?");
}

}  // namespace
}  // namespace saccade::app
