#include "saccade/model/decoder/image_rows.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

using Rows = std::vector<std::int64_t>;

TEST(ImageRows, ListsTheRowsImageByImage) {
  const ImageRows rows({2, 0, 2, 0, 0}, 4);
  EXPECT_EQ(rows.images(), 4);
  EXPECT_EQ(rows.rows(), 5);
  EXPECT_EQ(rows.order(), (Rows{1, 3, 4, 0, 2}));
  EXPECT_EQ(rows.count(0), 3);
  EXPECT_EQ(rows.count(1), 0);
  EXPECT_EQ(rows.begin(2), 3);
  EXPECT_EQ(rows.count(2), 2);
  EXPECT_EQ(rows.count(3), 0);
  EXPECT_FALSE(rows.is_even());
  EXPECT_EQ(rows.first(2)->order(), (Rows{1, 0}));
  EXPECT_EQ(rows.first(2)->images(), 4);
}

TEST(ImageRows, DetectsEqualNumbersOfRowsPerImage) {
  const ImageRowsPtr even = ImageRows::even(3, 6);
  EXPECT_EQ(even->of_row(), (Rows{0, 0, 1, 1, 2, 2}));
  EXPECT_TRUE(even->is_even());
  EXPECT_TRUE(ImageRows({0, 1}, 2).is_even());
  EXPECT_FALSE(ImageRows({1, 0}, 2).is_even());
  EXPECT_FALSE(ImageRows({0, 0, 0, 1}, 2).is_even());
  EXPECT_FALSE(even->first(4)->is_even());
}

TEST(ImageRows, RefusesImagesOutOfRange) {
  EXPECT_THROW(ImageRows({0, 2}, 2), std::invalid_argument);
  EXPECT_THROW(ImageRows({-1}, 2), std::invalid_argument);
  EXPECT_THROW(ImageRows::even(2, 3), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
