#include "saccade/data/flickr8k.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::Test;

class Flickr8k : public Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "images");
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) write_file(folder_ / "images" / name, "x");
    write_file(folder_ / "Flickr_8k.trainImages.txt", "b.jpg\r\na.jpg\n\n");
    write_file(folder_ / "Flickr_8k.devImages.txt", "c.jpg\n");
    tokens("a.jpg#0\tA dog .\na.jpg#1\tA brown dog .\nb.jpg#0\tTwo cats .\nc.jpg#0\tA bird .\n");
  }
  void tokens(const std::string& text) { write_file(folder_ / "Flickr8k.token.txt", text); }

  std::string message(const std::string& split = "train") {
    try {
      read_flickr8k(folder_.path(), split);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
};

TEST_F(Flickr8k, KeepsTheOrderOfTheSplitList) {
  const Dataset train = read_flickr8k(folder_.path(), "train");
  ASSERT_EQ(train.images.size(), 2U);
  EXPECT_EQ(train.images[0].name, "b.jpg");
  EXPECT_EQ(train.images[1].captions, (std::vector<std::string>{"A dog .", "A brown dog ."}));
  EXPECT_EQ(train.images[1].file, folder_ / "images" / "a.jpg");
  EXPECT_TRUE(train.warnings.empty());
  EXPECT_EQ(read_flickr8k(folder_.path(), "dev").images.size(), 1U);
}

TEST_F(Flickr8k, SurvivesTheMalformedNameAndReportsIt) {
  tokens("a.jpg#0\tA dog .\nz.jpg.1#0\tpeople waiting\nz.jpg.1#1\tmore people\nb.jpg#0\tCats .\n");
  const Dataset train = read_flickr8k(folder_.path(), "train");
  EXPECT_EQ(train.images.size(), 2U);
  ASSERT_EQ(train.warnings.size(), 1U);
  EXPECT_NE(train.warnings[0].find("Flickr8k.token.txt:2: \"z.jpg.1\""), std::string::npos);
}

TEST_F(Flickr8k, PassesOverAnEmptyCaptionWithAWarning) {
  tokens("a.jpg#0\tA dog .\na.jpg#1\t  \nb.jpg#0\tCats .\n");
  const Dataset train = read_flickr8k(folder_.path(), "train");
  EXPECT_EQ(train.images[1].captions.size(), 1U);
  ASSERT_EQ(train.warnings.size(), 1U);
  EXPECT_NE(train.warnings[0].find(":2: the caption of a.jpg is empty"), std::string::npos);
}

TEST_F(Flickr8k, NamesFileAndLineOfWhatItCannotRead) {
  tokens("a.jpg#0\tA dog .\nno tab here\n");
  EXPECT_NE(message().find("Flickr8k.token.txt:2: expected NAME.jpg#K<tab>caption"),
            std::string::npos);
  tokens("a.jpg#0\tA dog .\n");
  EXPECT_NE(message().find("trainImages.txt:1: b.jpg has no caption"), std::string::npos);
  tokens("a.jpg#0\tA dog .\nb.jpg#0\tCats .\n");
  std::filesystem::remove(folder_ / "images" / "b.jpg");
  EXPECT_NE(message().find("b.jpg does not exist"), std::string::npos);
  EXPECT_NE(message("test").find("testImages.txt: no such file"), std::string::npos);
  write_file(folder_ / "Flickr_8k.trainImages.txt", "\n");
  EXPECT_NE(message().find("lists no image"), std::string::npos);
}

TEST(Flickr8kFolder, MustExist) {
  EXPECT_THROW(read_flickr8k("/nowhere/at/all", "train"), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
