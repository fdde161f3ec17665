#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/io/error_text.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

template <typename Action>
std::string text_of(Action&& action) {
  try {
    action();
  } catch (...) {
    return current_error_text("a.jpg");
  }
  return "nothing was thrown";
}

TEST(ForeignErrors, OfLibTorchBecomeOneLineWithoutABacktrace) {
  const std::string text = text_of([] { torch::zeros({2, 3}).matmul(torch::zeros({2, 3})); });
  EXPECT_THAT(text, StartsWith("a.jpg: an internal error occurred in LibTorch (mat1 and mat2"));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, Not(HasSubstr("frame #")));
}

TEST(ForeignErrors, OfAFailedAllocationSayThatThereIsNotEnoughMemory) {
  EXPECT_THAT(text_of([] { torch::empty({std::int64_t{1} << 50}); }),
              StartsWith("a.jpg: there is not enough memory"));
  EXPECT_THAT(text_of([] { cv::Mat(1 << 24, 1 << 24, CV_64FC4); }),
              StartsWith("a.jpg: there is not enough memory"));
}

TEST(ForeignErrors, OfOpenCvBecomeOneLineWithoutSourcePositions) {
  const std::string text = text_of([] {
    cv::Mat out;
    cv::resize(cv::Mat(), out, {8, 8});
  });
  EXPECT_THAT(text, AllOf(StartsWith("a.jpg: an internal error occurred in OpenCV ("),
                          HasSubstr("ssize.empty()")));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\n")), Not(HasSubstr(".cpp"))));
}

}  // namespace
}  // namespace saccade::test
