// Data sets in Karpathy JSON, COCO, CSV and JSONL, and where their images are searched for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/data/dataset_listing.h"

#include "data/data_folder.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kKarpathy = R"({"dataset": "flickr8k", "images": [
  {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "A dog ."}, {"raw": "Dogs"}]},
  {"filename": "b.jpg", "filepath": "val2014", "split": "restval", "sentences": [{"raw": "A cat"}]},
  {"filename": "c.jpg", "split": "val", "sentences": [{"raw": "A bird"}]},
  {"filename": "d.jpg", "split": "val"}]})";

TEST_F(DataFolder, ReadsKarpathysSplits) {
  put("dataset_flickr8k.json", kKarpathy);
  for (const char* name : {"images/a.jpg", "val2014/b.jpg", "images/c.jpg"}) put(name);
  const Dataset train = read("", "train");
  ASSERT_EQ(train.images.size(), 2U);
  EXPECT_THAT(train.images[0].captions, ElementsAre("A dog .", "Dogs"));
  EXPECT_EQ(train.images[1].file, folder_.path() / "val2014" / "b.jpg") << "restval is training";
  EXPECT_THAT(train.warnings, ElementsAre(HasSubstr("image 4: is not a valid image")));
  EXPECT_EQ(read("dataset_flickr8k.json", "dev").images.size(), 1U);
}

TEST_F(DataFolder, FindsAnImageInTheFolderOfKarpathysFilepath) {
  put("dataset.json", kKarpathy);
  put("all/a.jpg"), put("all/val2014/b.jpg"), put("all/c.jpg");
  DatasetSource with_images = source("dataset.json");
  with_images.images = folder_ / "all";
  const Dataset train = read_dataset(with_images, "train");
  EXPECT_EQ(train.images[1].file, folder_.path() / "all" / "val2014" / "b.jpg");
  EXPECT_THAT(refusal([&] { read("", "train"); }),
              AllOf(HasSubstr("dataset.json, image 1: "), HasSubstr("a.jpg does not exist")));
}

TEST_F(DataFolder, ReadsCocoWithASplitPerFile) {
  const auto coco = [](const std::string& name, const std::string& caption) {
    return R"({"images": [{"id": 7, "file_name": ")" + name +
           R"("}], "annotations": [{"id": 1, "image_id": 7, "caption": ")" + caption +
           R"("}, {"id": 2, "image_id": 8, "caption": "lost"}]})";
  };
  put("annotations/captions_train2017.json", coco("0001.jpg", "A dog"));
  put("annotations/captions_val2017.json", coco("0002.jpg", "A cat"));
  put("annotations/instances_val2017.json", "{}");
  put("train2017/0001.jpg"), put("val2017/0002.jpg");
  for (const char* path : {"", "annotations/captions_train2017.json"}) {
    const Dataset train = read(path, "train"), dev = read(path, "dev");
    ASSERT_EQ(train.images.size(), 1U) << path;
    EXPECT_EQ(train.images[0].file, folder_.path() / "train2017" / "0001.jpg");
    EXPECT_THAT(train.warnings, ElementsAre(HasSubstr("annotation 2: belongs to image 8")));
    EXPECT_THAT(dev.images[0].captions, ElementsAre("A cat"));
    EXPECT_THAT(refusal([&] { read(path, "test"); }), HasSubstr("captions_test2017.json"));
  }
}

TEST_F(DataFolder, ReadsCsvWithASplitColumn) {
  const auto path = put("mine.csv",
                        "caption,image,split\n\"A dog, wet\",a.jpg,train\nDogs,a.jpg,train\n"
                        "one,two\nA cat,b.jpg,val\n,b.jpg,val\n");
  put("a.jpg"), put("b.jpg");
  const Dataset train = read("mine.csv", "train");
  EXPECT_THAT(train.images[0].captions, ElementsAre("A dog, wet", "Dogs"));
  EXPECT_THAT(train.warnings, ElementsAre(path.string() + ", line 4: has 2 fields, not 3; put a "
                                                          "caption with a comma in double quotes"));
  EXPECT_THAT(
      read("mine.csv", "dev").warnings,
      ElementsAre(HasSubstr("line 4"), HasSubstr("line 6: a caption of b.jpg contains no word")));
}

TEST_F(DataFolder, ReadsJsonlWithListsOrSingleCaptions) {
  put("x.jsonl",
      "{\"image\": \"a.jpg\", \"captions\": [\"A dog\", \"Dogs\"], \"split\": \"train\"}\n"
      "{\"image\": \"b.jpg\", \"caption\": \"A cat\", \"split\": \"dev\"}\n{\"image\": \n"
      "{\"image\": \"b.jpg\", \"caption\": \"Cats\", \"split\": \"dev\"}\n");
  put("Images/a.jpg"), put("Images/b.jpg");
  EXPECT_EQ(read("x.jsonl", "train").images[0].captions.size(), 2U);
  const Dataset dev = read("x.jsonl", "dev");
  EXPECT_THAT(dev.images[0].captions, ElementsAre("A cat", "Cats"));
  EXPECT_THAT(dev.warnings, ElementsAre(HasSubstr("x.jsonl, line 3: is not JSON")));
}

TEST_F(DataFolder, UsesTheSplitOfTheFileNameAsALastResort) {
  put("train.csv", "image,caption\na.jpg,A dog\n");
  put("dev.csv", "image,caption\nb.jpg,A cat\n");
  put("a.jpg"), put("b.jpg");
  EXPECT_EQ(read("train.csv", "dev").images[0].name, "b.jpg");
  EXPECT_EQ(read("", "train").images[0].name, "a.jpg");
}

TEST_F(DataFolder, UsesSplitListsForCsvWithoutSplits) {
  put("captions.txt", "image,caption\na.jpg,A dog\nb.jpg,A cat\nb.jpg,Cats\n");
  put("Flickr_8k.trainImages.txt", "b.jpg\n");
  put("Images/a.jpg"), put("Images/b.jpg");
  const Dataset train = read("", "train");
  ASSERT_EQ(train.images.size(), 1U);
  EXPECT_EQ(train.images[0].captions.size(), 2U);
}

TEST_F(DataFolder, ReadsHuggingFacesImageFolder) {
  put("metadata.jsonl",
      "{\"file_name\": \"a.jpg\", \"text\": \"A dog\"}\n"
      "{\"file_name\": \"b/c.jpg\", \"captions\": [\"A cat\", \"Cats\"]}\n");
  put("a.jpg"), put("b/c.jpg");
  const Dataset all = read("", "all");
  ASSERT_EQ(all.images.size(), 2U);
  EXPECT_THAT(all.images[0].captions, ElementsAre("A dog"));
  EXPECT_THAT(all.images[1].captions, ElementsAre("A cat", "Cats"));
  EXPECT_EQ(all.images[1].file, folder_.path() / "b" / "c.jpg");
}

TEST_F(DataFolder, ReadsTheSplitFoldersOfAnImageFolder) {
  put("train/metadata.csv", "file_name,text\n1.jpg,A dog\n");
  put("validation/metadata.csv", "file_name,text\n1.jpg,A cat\n");
  put("train/1.jpg"), put("validation/1.jpg");
  const Dataset train = read("", "train"), dev = read("", "dev");
  ASSERT_EQ(train.images.size(), 1U);
  EXPECT_EQ(train.images[0].name, "train/1.jpg");
  EXPECT_EQ(train.images[0].file, folder_.path() / "train" / "1.jpg");
  EXPECT_THAT(dev.images[0].captions, ElementsAre("A cat"));
  std::filesystem::remove(folder_ / "train/metadata.csv");
  std::filesystem::remove(folder_ / "validation/metadata.csv");
  put("metadata.csv", "file_name,text\ntrain/1.jpg,A dog\nvalidation/1.jpg,A cat\n");
  EXPECT_EQ(read("", "train").images[0].name, "train/1.jpg") << "the folder tells the split";
  EXPECT_EQ(read("", "dev").images[0].name, "validation/1.jpg");
}

TEST_F(DataFolder, ReadsFlickr30kOfKaggleWithItsDamagedRow) {
  const auto path =
      put("results.csv",
          "image_name| comment_number| comment\n1.jpg| 0| Two men | a dog , \"wet\" .\n"
          "1.jpg| 4   A dog runs .\n1.jpg\n");
  put("flickr30k_images/1.jpg");
  const Dataset all = read("", "all");
  ASSERT_EQ(all.images.size(), 1U);
  EXPECT_THAT(all.images[0].captions, ElementsAre("Two men | a dog , \"wet\" .", "A dog runs ."));
  EXPECT_EQ(all.images[0].file, folder_.path() / "flickr30k_images" / "1.jpg");
  EXPECT_THAT(all.warnings,
              ElementsAre(path.string() + ", line 4: has 1 fields between bars, not 3",
                          AllOf(HasSubstr("line 3"), HasSubstr("read as \"A dog runs .\""))));
}

TEST_F(DataFolder, ReadsTextFilesBesideImages) {
  put("a.jpg"), put("a.txt", "A dog\n\n  Dogs run .\n...\n");
  put("train/b.PNG"), put("train/b.caption", "A cat");
  put("c.webp"), put("d.jpg"), put("d.txt", " \n");
  put("notes.txt", "not an image"), put(".hidden/e.jpg"), put(".hidden/e.txt", "hidden");
  const DatasetListing listing = list_dataset(source());
  EXPECT_EQ(listing.format, CaptionFormat::sidecars);
  const Dataset all = select_split(listing, "all");
  ASSERT_EQ(all.images.size(), 2U);
  EXPECT_EQ(all.images[0].name, "a.jpg");
  EXPECT_THAT(all.images[0].captions, ElementsAre("A dog", "Dogs run ."));
  EXPECT_EQ(all.images[1].file, folder_.path() / "train" / "b.PNG");
  EXPECT_THAT(all.warnings,
              ElementsAre(HasSubstr("a.txt, line 4: a caption of a.jpg contains no word"),
                          AllOf(HasSubstr("d.txt: is empty"), HasSubstr("d.jpg is skipped")),
                          HasSubstr("c.webp: has no text file beside it")));
  EXPECT_EQ(select_split(listing, "train").images[0].name, "train/b.PNG");
}

TEST_F(DataFolder, PrefersACaptionFileToTextFilesBesideImages) {
  put("a.jpg"), put("a.txt", "from the sidecar"),
      put("captions.csv", "image,caption\na.jpg,A dog\n");
  EXPECT_THAT(read("", "all").images[0].captions, ElementsAre("A dog"));
  DatasetSource told = source();
  told.format = CaptionFormat::sidecars;
  EXPECT_THAT(read_dataset(told, "all").images[0].captions, ElementsAre("from the sidecar"));
  told.path = folder_ / "a.txt";
  EXPECT_THAT(refusal([&] { read_dataset(told, "all"); }), HasSubstr("that of a folder of images"));
}

TEST_F(DataFolder, ReportsThatThereIsNoSplit) {
  put("mine.csv", "image,caption\na.jpg,A dog\n");
  put("a.jpg");
  EXPECT_THAT(refusal([&] { read("mine.csv", "train"); }),
              AllOf(HasSubstr("mine.csv: has no splits"), HasSubstr("its 1 images"),
                    HasSubstr("--holdout 0.1"), HasSubstr("\"split\" in the captions")));
  EXPECT_EQ(read("mine.csv", "all").images.size(), 1U);
}

TEST_F(DataFolder, AcceptsAbsoluteImagePaths) {
  const auto image = put("elsewhere/a.jpg");
  put("in/mine.csv", "image,caption\n" + image.string() + ",A dog\n");
  EXPECT_EQ(read("in/mine.csv", "all").images[0].file, image);
}

TEST_F(DataFolder, PrefersAGivenFormatToTheContents) {
  put("mine.txt", "a#1,A dog\tand a cat\n");  // looks like a token file
  put("a#1");
  DatasetSource stated = source("mine.txt");
  stated.format = CaptionFormat::csv;
  EXPECT_THAT(read_dataset(stated, "all").images[0].captions, ElementsAre("A dog\tand a cat"));
  put("x.json", kKarpathy);
  DatasetSource wrong = source("x.json");
  wrong.format = CaptionFormat::coco;
  EXPECT_THAT(refusal([&] { read_dataset(wrong, "all"); }),
              HasSubstr("has the format Karpathy JSON, expected COCO captions JSON"));
  EXPECT_THROW(caption_format_from_string("xml"), std::invalid_argument);
}

TEST_F(DataFolder, ReadsLabelsInPlaceOfCaptions) {
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) put(name);
  put("photos.jsonl",
      R"({"image":"a.jpg","split":"train","labels":["Traffic_Light","car","car"],)"
      R"("boxes":[["car",0,0,1,1],["car",0.4,0,0,1,1],["CAR",0.5,0,0,1,1],["dog",0,0,1,1]]})"
      "\n"
      R"({"image":"b.jpg","split":"train","captions":["A dog"],"labels":["cat"]})"
      "\n"
      R"({"image":"c.jpg","split":"train","captions":[],"labels":["cat"]})"
      "\n"
      R"({"image":"d.jpg","split":"dev","labels":["cat"]})"
      "\n");
  const DatasetListing listing = list_dataset(source("photos.jsonl"));
  const Dataset train = select_split(listing, "train", /*with_labels=*/true);
  ASSERT_EQ(train.images.size(), 3U);
  EXPECT_TRUE(train.warnings.empty());
  ASSERT_EQ(train.images[0].labels.size(), 2U);
  EXPECT_EQ(train.images[0].labels[0].label, "traffic light");
  EXPECT_EQ(train.images[0].labels[0].count, 0U) << "no box says how many";
  EXPECT_EQ(train.images[0].labels[1].label, "car");
  EXPECT_EQ(train.images[0].labels[1].count, 2U) << "a box has a score below 0.5";
  EXPECT_TRUE(train.images[1].labels.empty()) << "its captions are used";
  EXPECT_EQ(train.images[2].labels.size(), 1U);

  const Dataset captioned = select_split(listing, "train");
  ASSERT_EQ(captioned.images.size(), 1U);
  EXPECT_EQ(captioned.images[0].name, "b.jpg");
  EXPECT_THAT(refusal([&] { select_split(listing, "dev"); }),
              HasSubstr("the 1 images of the split \"dev\" have labels but no captions"));
}

TEST_F(DataFolder, SkipsMalformedLabelsWithAWarningEach) {
  put("a.jpg");
  std::string lines = R"({"image":"a.jpg","split":"train","labels":["dog"]})"
                      "\n";
  for (const char* bad :
       {R"("labels":"dog")", R"("labels":[])", R"("labels":["dog",1])", R"("labels":["_"])",
        R"("labels":["dog"],"boxes":[["dog",0,0,1]])",
        R"("labels":["dog"],"boxes":[["dog",0,0,1,"1"]])", R"("labels":["dog"],"boxes":1)"}) {
    lines += R"({"image":"x)" + std::to_string(lines.size()) + R"(.jpg",)" + bad + "}\n";
  }
  put("photos.jsonl", lines);
  const Dataset train = select_split(list_dataset(source("photos.jsonl")), "train", true);
  EXPECT_EQ(train.images.size(), 1U);
  ASSERT_EQ(train.warnings.size(), 7U);
  for (const std::string& warning : train.warnings) {
    EXPECT_THAT(warning, AllOf(HasSubstr("photos.jsonl, line "), HasSubstr("malformed labels")));
  }
}

TEST_F(DataFolder, NamesTheFirstMalformedLineIfThereIsNoOther) {
  put("photos.jsonl", "{\"image\":\"a.jpg\",\"labels\":1}\n");
  EXPECT_THAT(refusal([&] { select_split(list_dataset(source("photos.jsonl")), "train", true); }),
              AllOf(HasSubstr("no image of the split \"train\""),
                    HasSubstr("photos.jsonl, line 1: has malformed labels")));
}

}  // namespace
}  // namespace saccade::test
