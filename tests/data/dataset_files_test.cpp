#include "saccade/data/dataset_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/data_folder.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(DatasetFiles, ReadTheSplitFromTheName) {
  EXPECT_EQ(split_of_file_name("Flickr_8k.trainImages.txt"), "train");
  EXPECT_EQ(split_of_file_name("a/train/captions_val2017.json"), "dev");
  EXPECT_EQ(split_of_file_name("flickr30k-test.txt"), "test");
  EXPECT_EQ(split_of_file_name("validation.csv"), "dev");
  EXPECT_EQ(split_of_file_name("train.txt"), "train");
  for (const char* name : {"Flickr8k.token.txt", "dataset.json", "trains.txt", "attestation.csv"}) {
    EXPECT_EQ(split_of_file_name(name), "") << name;
  }
}

TEST(DatasetFiles, MapSplitNamesToCanonicalOnes) {
  EXPECT_EQ(canonical_split("val"), "dev");
  EXPECT_EQ(canonical_split("Validation"), "dev");
  EXPECT_EQ(canonical_split("restval"), "train");
  EXPECT_EQ(canonical_split("odd"), "odd");
}

TEST_F(DataFolder, FindsTheTokenFileNextToTheLemmatizedOne) {
  put("Flickr8k.token.txt"), put("Flickr8k.lemma.token.txt"), put("readme.txt");
  put("Flickr_8k.trainImages.txt");
  const DatasetFiles files = find_dataset_files(source());
  ASSERT_EQ(files.captions.size(), 1U);
  EXPECT_EQ(files.captions[0].path.filename(), "Flickr8k.token.txt");
  ASSERT_EQ(files.lists.size(), 1U);
  EXPECT_EQ(files.lists[0].split, "train");
  EXPECT_EQ(files.folder, folder_.path());
}

TEST_F(DataFolder, RefusesAmbiguousCaptionFilesWithoutAFormat) {
  put("Flickr8k.token.txt"), put("dataset_flickr8k.json");
  EXPECT_THAT(refusal([&] { find_dataset_files(source()); }),
              AllOf(HasSubstr("contains both Flickr8k token file"), HasSubstr("Karpathy JSON")));
  DatasetSource told = source();
  told.format = CaptionFormat::karpathy;
  EXPECT_EQ(find_dataset_files(told).captions[0].path.filename(), "dataset_flickr8k.json");
  put("dataset_coco.json");
  EXPECT_THAT(refusal([&] { find_dataset_files(told); }), HasSubstr("several caption files"));
}

TEST_F(DataFolder, ReportsAnEmptyFolderAndAMissingPath) {
  EXPECT_THAT(refusal([&] { find_dataset_files(source()); }),
              AllOf(HasSubstr("contains no caption file"), HasSubstr("*.token.txt")));
  EXPECT_THAT(refusal([&] { find_dataset_files(source("nowhere")); }),
              HasSubstr("nowhere: no such file or folder"));
}

}  // namespace
}  // namespace saccade::test
