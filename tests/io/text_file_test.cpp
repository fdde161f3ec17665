#include "saccade/io/text_file.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/io/json.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(FileText, RefusesAnOutOfRangeNumberWithTheFileName) {
  try {
    parse_json("x.json", R"({"image": 1e999})");
    ADD_FAILURE() << "was read";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("x.json"), HasSubstr("1e999")));
  }
}

}  // namespace
}  // namespace saccade::test
