#include "saccade/training/data_check.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A JSONL data set with existing, different images.
class CheckedData : public ::testing::Test {
 protected:
  void photograph(const std::string& name, int shade) const {
    cv::imwrite((folder_ / name).string(), cv::Mat(24, 24, CV_8UC3, cv::Scalar(shade, 80, 160)));
  }
  void image(const std::string& name, const std::string& split,
             const std::vector<std::string>& captions) {
    lines_ +=
        nlohmann::json{{"image", name}, {"split", split}, {"captions", captions}}.dump() + '\n';
  }
  DataCheck check(DataCheckOptions options = {}) const {
    write_file(folder_ / "data.jsonl", lines_);
    DatasetSource source;
    source.path = folder_ / "data.jsonl";
    options.threads = 2;
    return check_data({{list_dataset(source)}}, options);
  }
  void two_good_splits() {
    photograph("a.png", 10);
    photograph("b.png", 20);
    image("a.png", "train", {"A dog runs .", "A dog runs fast ."});
    image("b.png", "dev", {"A dog swims"});
  }

  TemporaryFolder folder_;
  std::string lines_;
};

DataCheckOptions counting_from(std::int64_t min_count) {
  DataCheckOptions options;
  options.min_count = min_count;
  options.max_words = 3;
  return options;
}

TEST_F(CheckedData, HasStatisticsOfWordsAndTheVocabulary) {
  two_good_splits();
  const DataCheck check = this->check(counting_from(2));
  EXPECT_TRUE(check.can_train());
  EXPECT_EQ(check.distinct_words, 4);  // a, dog, runs, fast
  EXPECT_EQ(check.vocabulary, 3);
  ASSERT_EQ(check.sources[0].splits.size(), 2U);
  const SplitCheck& train = check.sources[0].splits[0];
  EXPECT_EQ(train.name, "train");
  EXPECT_EQ(train.images, 1U);
  EXPECT_EQ(train.captions, 2U);
  EXPECT_EQ(train.shortest, 3U);
  EXPECT_EQ(train.longest, 4U);
  EXPECT_EQ(train.median, 3.5);
  EXPECT_EQ(train.over_max_words, 0.5);
  EXPECT_EQ(train.words, 7U);
  EXPECT_DOUBLE_EQ(train.known, 6 / 7.0);
  EXPECT_DOUBLE_EQ(check.sources[0].splits[1].known, 2 / 3.0) << "no training caption says swims";
  for (const auto* messages : {&check.broken, &check.absent, &check.overlaps, &check.duplicates,
                               &check.malformed, &check.empty_captions}) {
    EXPECT_THAT(*messages, IsEmpty());
  }
}

TEST_F(CheckedData, CannotTrainOnTruncatedOrAbsentImages) {
  two_good_splits();
  photograph("c.jpg", 30);
  const std::string whole = read_file(folder_ / "c.jpg");
  write_file(folder_ / "c.jpg", whole.substr(0, whole.size() / 2));
  write_file(folder_ / "d.jpg", "not an image");
  image("c.jpg", "train", {"A cat"});
  image("d.jpg", "dev", {"A cat"});
  image("e.jpg", "train", {"A cat"});
  const DataCheck check = this->check();
  EXPECT_THAT(check.broken,
              ElementsAre(AllOf(HasSubstr("data.jsonl, line 3"), HasSubstr("c.jpg")),
                          AllOf(HasSubstr("data.jsonl, line 4"), HasSubstr("d.jpg"))));
  EXPECT_THAT(check.absent, ElementsAre(AllOf(HasSubstr("line 5"), HasSubstr("e.jpg"))));
  EXPECT_EQ(check.sources[0].splits[0].broken, 1U);
  EXPECT_EQ(check.sources[0].splits[0].absent, 1U);
  EXPECT_THAT(check.obstacles, Contains(AllOf(HasSubstr("line 5"), HasSubstr("does not exist"))));
  EXPECT_THAT(check.obstacles, Contains(HasSubstr("1 photographs of the split dev cannot")));
}

TEST_F(CheckedData, MustHaveImagesThatDecode) {
  two_good_splits();
  const auto refusal = [&]() -> std::string {
    write_file(folder_ / "data.jsonl", lines_);
    DatasetSource source;
    source.path = folder_ / "data.jsonl";
    try {
      require_photographs({{list_dataset(source)}}, {});
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "nothing was refused";
  };
  write_file(folder_ / "t.jpg", "not an image");
  image("t.jpg", "test", {"A cat"});
  EXPECT_EQ(refusal(), "nothing was refused");
  write_file(folder_ / "c.jpg", "not an image");
  image("c.jpg", "dev", {"A cat"});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("data.jsonl, line 4: "), HasSubstr("c.jpg"),
                               Not(HasSubstr("more images"))));
  image("t.jpg", "train", {"A cat"});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("line 4: "), HasSubstr("1 more images")));
}

TEST_F(CheckedData, MayHaveBrokenTestImages) {
  two_good_splits();
  write_file(folder_ / "t.jpg", "");
  image("t.jpg", "test", {"A cat"});
  const DataCheck check = this->check(counting_from(1));
  EXPECT_EQ(check.broken.size(), 1U);
  EXPECT_THAT(check.obstacles, IsEmpty());
}

TEST_F(CheckedData, ReportsImagesInTwoSplitsByNameAndByContent) {
  two_good_splits();
  photograph("copy.png", 10);  // the same bytes as a.png
  photograph("training copy.png", 10);
  image("a.png", "dev", {"A dog"});
  image("copy.png", "dev", {"A dog"});
  image("training copy.png", "train", {"A dog"});
  const DataCheck check = this->check(counting_from(1));
  EXPECT_THAT(check.overlaps,
              ElementsAre(AllOf(HasSubstr("a.png of train"), HasSubstr("a.png of dev"),
                                HasSubstr("same photograph")),
                          AllOf(HasSubstr("a.png of train"), HasSubstr("copy.png of dev"),
                                HasSubstr("same content"))));
  EXPECT_THAT(check.duplicates, ElementsAre(AllOf(HasSubstr("a.png of train"),
                                                  HasSubstr("training copy.png of train"))));
  EXPECT_TRUE(check.can_train());
}

TEST_F(CheckedData, PrintsNamesOnOneLine) {
  two_good_splits();
  photograph("two\nlines\t.png", 20);
  write_file(folder_ / "broken\n.png", "not an image");
  image("two\nlines\t.png", "train", {"A dog"});
  image("two\nlines\t.png", "dev", {"A dog"});
  image("broken\n.png", "dev", {"A dog"});
  const std::string report = render_text(this->check(counting_from(1)));
  EXPECT_THAT(report, AllOf(HasSubstr("two\\nlines\\t.png of train"), HasSubstr("broken\\n.png")));
  EXPECT_THAT(report, AllOf(Not(HasSubstr("two\n")), Not(HasSubstr("broken\n"))));
}

TEST_F(CheckedData, CannotTrainWithoutADevSplitOrAVocabulary) {
  photograph("a.png", 10);
  image("a.png", "train", {"A dog", "..."});
  lines_ += "{\"image\": \n";
  const DataCheck check = this->check();
  EXPECT_THAT(check.obstacles, ElementsAre(HasSubstr("no image of the split \"dev\""),
                                           HasSubstr("occurs 5 times; lower min_count")));
  EXPECT_THAT(check.malformed, ElementsAre(HasSubstr("line 2")));
  EXPECT_THAT(check.empty_captions, ElementsAre(HasSubstr("line 1")));
}

TEST_F(CheckedData, IsReportedToPeopleAndPrograms) {
  two_good_splits();
  for (int i = 0; i < 7; ++i) image("absent" + std::to_string(i), "train", {"A cat"});
  const DataCheck check = this->check();
  EXPECT_THAT(render_text(check),
              AllOf(HasSubstr("7 photographs that do not exist:"), HasSubstr("absent4"),
                    Not(HasSubstr("absent5")), HasSubstr("and 2 more"),
                    HasSubstr("Training cannot start:")));
  const auto json = nlohmann::json::parse(render_json(check).dump());
  EXPECT_EQ(json.at("absent").size(), 7U);
  EXPECT_EQ(json.at("can_train"), false);
  EXPECT_EQ(json.at("splits").at("train").at("images"), 8);
}

TEST_F(CheckedData, ReportsProgressAndStopsOnRequest) {
  two_good_splits();
  std::size_t last = 0;
  DataCheckOptions options;
  options.progress = [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(done, last + 1);
    EXPECT_EQ(total, 2U);
    last = done;
  };
  check(options);
  EXPECT_EQ(last, 2U);
  options.progress = nullptr;
  options.should_stop = [] { return true; };
  EXPECT_THROW(check(options), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
