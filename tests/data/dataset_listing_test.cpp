#include "saccade/data/dataset_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/data_folder.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder with the layout of Flickr8k: a and b for training, c for validation.
class FlickrFolder : public DataFolder {
 protected:
  void SetUp() override {
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) put(std::string("images/") + name);
    put("Flickr_8k.trainImages.txt", "b.jpg\r\na.jpg\n\n");
    put("Flickr_8k.devImages.txt", "c.jpg\n");
    tokens("a.jpg#0\tA dog .\na.jpg#1\tA brown dog .\nb.jpg#0\tTwo cats .\nc.jpg#0\tA bird .\n");
  }
  void tokens(const std::string& text) { put("Flickr8k.token.txt", text); }
  std::string refused(const std::string& split = "train") const {
    return refusal([&] { read("", split); });
  }
};

TEST_F(FlickrFolder, KeepsTheOrderOfTheSplitList) {
  const Dataset train = read("", "train");
  ASSERT_EQ(train.images.size(), 2U);
  EXPECT_EQ(train.images[0].name, "b.jpg");
  EXPECT_THAT(train.images[1].captions, ElementsAre("A dog .", "A brown dog ."));
  EXPECT_EQ(train.images[1].file, folder_.path() / "images" / "a.jpg");
  EXPECT_TRUE(train.warnings.empty());
  EXPECT_EQ(read("", "dev").images.size(), 1U);
  EXPECT_EQ(read("", "val").images[0].name, "c.jpg") << "val is another name of dev";
  EXPECT_EQ(read("", "all").images.size(), 3U);
}

TEST_F(FlickrFolder, IsReadFromItsTokenFile) {
  EXPECT_EQ(read("Flickr8k.token.txt", "train").images.size(), 2U);
}

TEST_F(FlickrFolder, WarnsOnceAboutAMalformedName) {
  tokens("a.jpg#0\tA dog .\nz.jpg.1#0\tpeople waiting\nz.jpg.1#1\tmore people\nb.jpg#0\tCats .\n");
  const Dataset train = read("", "train");
  EXPECT_EQ(train.images.size(), 2U);
  EXPECT_THAT(
      train.warnings,
      ElementsAre(HasSubstr("Flickr8k.token.txt, line 2: \"z.jpg.1\" is not an image name")));
}

TEST_F(FlickrFolder, SkipsMalformedLinesAndEmptyCaptionsWithAWarningEach) {
  tokens("a.jpg#0\tA dog .\na.jpg#1\t  . \nno tab here\na.jpg#0\tA cat\nb.jpg#0\tCats .\n");
  const Dataset train = read("", "train");
  EXPECT_THAT(train.images[1].captions, ElementsAre("A dog ."));
  EXPECT_THAT(train.warnings,
              ElementsAre(HasSubstr("line 3: is not NAME#K"),
                          HasSubstr("line 4: a.jpg#0 is already on line 1"),
                          HasSubstr("line 2: a caption of a.jpg contains no word")));
}

TEST_F(FlickrFolder, NamesTheLineOfAnImageWithoutCaption) {
  tokens("a.jpg#0\tA dog .\nc.jpg#0\tA bird\n");
  EXPECT_THAT(refused(), HasSubstr("Flickr_8k.trainImages.txt, line 1: b.jpg has no caption"));
  EXPECT_EQ(refused("dev"), "nothing was refused") << "the other split is complete";
}

TEST_F(FlickrFolder, NamesTheLineOfAnImageWithoutFileAndCountsTheOthers) {
  std::filesystem::remove(folder_ / "images" / "b.jpg");
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("trainImages.txt, line 1: "),
                    HasSubstr("images/b.jpg does not exist"), Not(HasSubstr("more images"))));
  std::filesystem::remove(folder_ / "images" / "a.jpg");
  EXPECT_THAT(refused(), HasSubstr("1 more images of the split train"));
}

TEST_F(FlickrFolder, NamesTheMissingList) {
  EXPECT_THAT(refused("test"), AllOf(HasSubstr("no image of the split \"test\""),
                                     HasSubstr("split train: 2 images, split dev: 1 images"),
                                     HasSubstr("Flickr_8k.testImages.txt")));
}

TEST_F(FlickrFolder, RefusesAnEmptyListAndTwoListsOfASplit) {
  put("Flickr_8k.trainImages.txt", "\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr("Flickr_8k.trainImages.txt"), HasSubstr("is empty")));
  put("train.txt", "a.jpg\n");
  EXPECT_THAT(refused(), HasSubstr("two lists of the split train"));
}

TEST_F(FlickrFolder, SkipsARepeatedNameInAList) {
  put("Flickr_8k.trainImages.txt", "a.jpg\nb.jpg\na.jpg\n");
  const Dataset train = read("", "train");
  EXPECT_EQ(train.images.size(), 2U);
  EXPECT_THAT(train.warnings, ElementsAre(HasSubstr("line 3: a.jpg is already in the list")));
}

TEST_F(FlickrFolder, ListsUnusableImages) {
  std::filesystem::remove(folder_ / "images" / "c.jpg");
  const DatasetListing listing = list_dataset(source());
  EXPECT_THAT(listing.splits(), ElementsAre("train", "dev"));
  ASSERT_EQ(listing.images.size(), 3U);
  EXPECT_FALSE(listing.images[0].present);
  EXPECT_TRUE(listing.images[1].present);
  ASSERT_EQ(listing.faults.size(), 1U);
  EXPECT_EQ(listing.faults[0].kind, DatasetFaultKind::absent_image);
  EXPECT_EQ(listing.faults[0].split, "dev");
}

TEST_F(DataFolder, ReadsFlickr30kWithListsOfNumbers) {
  put("results_20130124.token", "1007.jpg#0\tTwo men .\n2008.jpg#0\tA dog .\n");
  put("flickr30k-images/1007.jpg");
  put("flickr30k-images/2008.jpg");
  put("train.txt", "1007\n");
  put("val.txt", "2008\n");
  const Dataset train = read("", "train");
  ASSERT_EQ(train.images.size(), 1U);
  EXPECT_EQ(train.images[0].name, "1007.jpg");
  EXPECT_EQ(train.images[0].file, folder_.path() / "flickr30k-images" / "1007.jpg");
  EXPECT_EQ(read("", "dev").images[0].name, "2008.jpg");
}

}  // namespace
}  // namespace saccade::test
