#include "saccade/batch/failure_kinds.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(FailureKinds, AreTheReasonWithoutItsParticulars) {
  const std::string path = "d/a 1.jpg";
  const auto kind = [&](const std::string& error) { return failure_kind(path, error); };
  EXPECT_EQ(kind("image \"d/a 1.jpg\" does not exist"), "does not exist");
  EXPECT_EQ(kind("image \"d/a 1.jpg\" is truncated: its JPEG data end early (12 bytes)"),
            "is truncated");
  EXPECT_EQ(kind("image \"d/a 1.jpg\" is empty (0 bytes)"), "is empty");
  EXPECT_EQ(kind("file \"d/a 1.jpg\" is a PDF document"), "is a PDF document");
  EXPECT_EQ(kind("image \"d/a 1.jpg\" is a link to \"b\", which does not exist"),
            "is a link to \"…\", which does not exist");
  EXPECT_EQ(kind("image \"d/a 1.jpg\" needs 300 MB to decode, but the limit is 20 MB; scale"),
            "needs … MB to decode, but the limit is … MB");
  EXPECT_EQ(kind("d/a 1.jpg: there is not enough memory; close"), "there is not enough memory");
  EXPECT_EQ(kind(""), "other");
}

TEST(FailureKinds, AreListedByTheirNumber) {
  FailureKinds kinds;
  kinds.add("a", "image \"a\" is truncated: x");
  kinds.add("b", "image \"b\" does not exist");
  kinds.add("c", "image \"c\" does not exist");
  kinds.add("d", "image \"d\" is empty (0 bytes)");
  const std::vector<std::pair<std::string, std::int64_t>> expected{
      {"does not exist", 2}, {"is empty", 1}, {"is truncated", 1}};
  EXPECT_EQ(kinds.by_count(), expected);
}

}  // namespace
}  // namespace saccade
