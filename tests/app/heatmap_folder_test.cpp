// Runs heatmap over several images.

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batch_command.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class HeatmapFolder : public BatchCommand {
 protected:
  ProgramResult draw(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "heatmap");
    arguments.insert(arguments.end(), {"--output", maps_, "--model", model_});
    return run_program(folder_.path(), arguments);
  }
  std::string index() const { return read_file(maps_ / "index.html"); }

  const fs::path maps_ = folder_ / "maps";
};

TEST_F(HeatmapFolder, WritesAFolderPerImageAnIndexAndTheCaptions) {
  const ProgramResult result = draw({photographs_, "--format", "png,html"});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("2 captioned, 1 failed"));
  for (const char* name : {"a.png", "deeper/c.jpg"}) {
    for (const char* file : {"figure.png", "attention.json", "index.html", "thumbnail.jpg"}) {
      EXPECT_TRUE(fs::exists(maps_ / name / file)) << name << " " << file;
    }
  }
  EXPECT_FALSE(fs::exists(maps_ / "b.jpg"));
  EXPECT_THAT(read_file(maps_ / "deeper/c.jpg/index.html"), HasSubstr("../../index.html"));
  const auto rows = records(maps_ / "captions.jsonl");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[1].at("error"), HasSubstr("b.jpg"));
  EXPECT_THAT(index(), HasSubstr("\"page\":\"deeper/c.jpg/index.html\""));
  EXPECT_THAT(index(), HasSubstr("\"failed\":\""));
  EXPECT_EQ(draw({photographs_, "--format", "png,html", "--allow-errors"}).code, 0);
}

TEST_F(HeatmapFolder, ContinuesWithNewFailedAndRemovedImages) {
  ASSERT_EQ(draw({photographs_}).code, 3);
  const auto kept = fs::last_write_time(maps_ / "a.png/figure.png");
  cv::imwrite(folder_ / "good.png", cv::Mat(9, 9, CV_8UC3, cv::Scalar(9, 80, 0)));
  fs::rename(folder_ / "good.png", photographs_ / "b.jpg");
  cv::imwrite(photographs_ / "a0.png", cv::Mat(9, 9, CV_8UC3, cv::Scalar(9, 80, 0)));
  fs::remove_all(maps_ / "deeper/c.jpg");
  const ProgramResult again = draw({photographs_});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("3 captioned, 0 failed"));
  EXPECT_EQ(fs::last_write_time(maps_ / "a.png/figure.png"), kept);
  EXPECT_TRUE(fs::exists(maps_ / "deeper/c.jpg/figure.png"));
  EXPECT_THAT(images(maps_ / "captions.jsonl"),
              ElementsAre(photographs_ / "a.png", photographs_ / "a0.png", photographs_ / "b.jpg",
                          photographs_ / "deeper/c.jpg"));
  EXPECT_THAT(index(), Not(HasSubstr("\"failed\":\"")));
}

TEST_F(HeatmapFolder, RefusesOtherOptionsUnlessToldTo) {
  ASSERT_EQ(draw({photographs_, "--allow-errors"}).code, 0);
  const ProgramResult other = draw({photographs_, "--color-map", "viridis"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("--color-map was \"inferno\" and is now \"viridis\""));
  const std::string before = read_file(maps_ / "a.png/figure.png");
  EXPECT_EQ(draw({photographs_, "--color-map", "viridis", "--overwrite"}).code, 3);
  EXPECT_NE(read_file(maps_ / "a.png/figure.png"), before);
}

TEST_F(HeatmapFolder, LeavesOutWhatItWroteIntoTheSource) {
  const std::vector<std::string> line{"heatmap",  photographs_,          "--model", model_,
                                      "--output", photographs_ / "maps", "--quiet"};
  ASSERT_EQ(run_program(folder_.path(), line).code, 3);
  EXPECT_EQ(run_program(folder_.path(), line).code, 3);
  EXPECT_EQ(images(photographs_ / "maps/captions.jsonl").size(), 3u);
  const ProgramResult all = run_program(
      folder_.path(), {"heatmap", photographs_, "--output", photographs_, "--model", model_});
  EXPECT_EQ(all.code, 2);
  EXPECT_THAT(all.err, HasSubstr("all images lie in the output folder"));
}

TEST_F(HeatmapFolder, KeepsAFileOfTheUserAndReportsIt) {
  fs::create_directories(maps_ / "a.png");
  write_file(maps_ / "a.png/figure.png", "mine");
  EXPECT_EQ(draw({photographs_ / "a.png", photographs_ / "deeper"}).code, 3);
  EXPECT_EQ(read_file(maps_ / "a.png/figure.png"), "mine");
  EXPECT_THAT(records(maps_ / "captions.jsonl").front().at("error"),
              HasSubstr("is not a file as Saccade wrote it"));
}

TEST_F(HeatmapFolder, FailsIfNoImageCanBeDrawn) {
  const ProgramResult result =
      draw({photographs_ / "b.jpg", photographs_ / "missing.jpg", "--allow-errors"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(records(maps_ / "captions.jsonl").size(), 2u);
  EXPECT_EQ(draw({photographs_, "--include", "*.gif"}).code, 1);
}

}  // namespace
}  // namespace saccade::test
