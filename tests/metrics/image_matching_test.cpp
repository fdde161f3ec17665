#include "saccade/metrics/image_matching.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kNone = std::nullopt;

std::string match_refusal(const std::vector<std::string>& first,
                          const std::vector<std::string>& second) {
  try {
    match_images(first, second);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(ImageMatching, ComparesPathsInOneForm) {
  EXPECT_EQ(image_path("./cats//1.jpg"), "cats/1.jpg");
  EXPECT_EQ(image_path("C:\\cats\\1.jpg"), "C:/cats/1.jpg");
  EXPECT_EQ(image_path("/"), "");
  EXPECT_THAT(match_images({"cats\\1.jpg", "./x.jpg"}, {"x.jpg", "cats/1.jpg"}), ElementsAre(1, 0));
}

TEST(ImageMatching, IgnoresFoldersThatOnlyOneSideGives) {
  EXPECT_THAT(match_images({"/photos/1.jpg", "2.jpg"}, {"2014/2.jpg", "1.jpg"}), ElementsAre(1, 0));
  EXPECT_THAT(match_images({"mine/1.jpg"}, {"yours/1.jpg"}), ElementsAre(0))
      << "the same file name in another folder";
}

TEST(ImageMatching, TellsEqualFileNamesApartByTheirFolders) {
  EXPECT_THAT(match_images({"cats/1.jpg", "dogs/1.jpg"}, {"dogs/1.jpg", "cats/1.jpg"}),
              ElementsAre(1, 0));
  EXPECT_THAT(match_images({"/x/cats/1.jpg", "/x/dogs/1.jpg"}, {"dogs/1.jpg", "cats/1.jpg"}),
              ElementsAre(1, 0));
  EXPECT_THAT(match_images({"cats/1.jpg"}, {"old/cats/1.jpg", "cats/1.jpg"}), ElementsAre(1))
      << "an equal path comes before a longer one";
}

TEST(ImageMatching, LeavesAnImageAloneWhoseMatchBelongsToAnother) {
  EXPECT_THAT(match_images({"cats/1.jpg", "birds/1.jpg"}, {"cats/1.jpg"}), ElementsAre(0, kNone));
  EXPECT_THAT(match_images({"cats/1.jpg"}, {"dogs/1.jpg", "cats/1.jpg"}), ElementsAre(1));
  EXPECT_THAT(match_images({"a/1.jpg", "x/1.jpg"}, {"b/1.jpg", "a/1.jpg"}), ElementsAre(1, kNone));
  EXPECT_THAT(match_images({"1.jpg"}, {"11.jpg", "2.jpg"}), ElementsAre(kNone));
}

TEST(ImageMatching, RefusesAnAmbiguousName) {
  EXPECT_THAT(match_refusal({"1.jpg"}, {"cats/1.jpg", "dogs/1.jpg"}),
              AllOf(HasSubstr("\"1.jpg\" matches both \"cats/1.jpg\" and \"dogs/1.jpg\""),
                    HasSubstr("with their folders")));
  EXPECT_THAT(match_refusal({"cats/1.jpg", "dogs/1.jpg"}, {"1.jpg"}),
              HasSubstr("\"1.jpg\" matches both \"cats/1.jpg\" and \"dogs/1.jpg\""));
}

TEST(ImageMatching, MatchesManyEqualFileNames) {
  std::vector<std::string> first, second;
  for (int i = 0; i < 50000; ++i) {
    first.push_back("/data/" + std::to_string(i) + "/image.jpg");
    second.push_back(std::to_string(i) + "/image.jpg");
  }
  const auto matches = match_images(first, second);
  for (std::size_t i = 0; i < matches.size(); ++i) ASSERT_EQ(matches[i], i);
}

}  // namespace
}  // namespace saccade
