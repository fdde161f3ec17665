#include "saccade/explain/heatmap_files.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/io/output_folder.h"

#include "explain/made_up_caption.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The files without the manifest, which tests/io covers.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != kManifest) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(HeatmapFiles, AreTheFigureTheWordOverlaysAndTheJson) {
  TemporaryFolder folder;
  const Image photograph = plain(60, 40, 90);
  const fs::path out = folder / "deep" / "out";
  const auto written =
      write_heatmap(photograph, caption_of(photograph, {"a", "dog"}), "dog.jpg", out, {});
  EXPECT_THAT(names_in(out), ElementsAre("attention.json", "figure.png", "words"));
  EXPECT_THAT(names_in(out / "words"), ElementsAre("01-a.png", "02-dog.png"));
  EXPECT_EQ(written.size(), 4u);
  for (const fs::path& path : written) EXPECT_TRUE(fs::exists(path)) << path;
  const Image word = load_image(out / "words" / "02-dog.png");
  EXPECT_EQ(word.width, 60);
  EXPECT_EQ(word.height, 40);
  EXPECT_GT(load_image(out / "figure.png").width, 60);
}

TEST(HeatmapFiles, HaveTheRequestedFormats) {
  TemporaryFolder folder;
  const Image photograph = plain(60, 40, 90);
  HeatmapOptions options;
  options.pictures = {PictureFormat::jpeg, PictureFormat::webp};
  options.page = options.animation = true;
  const auto written =
      write_heatmap(photograph, caption_of(photograph, {"dog"}), "dog.jpg", folder.path(), options);
  EXPECT_THAT(names_in(folder.path()), ElementsAre("attention.json", "figure.jpg", "figure.webp",
                                                   "index.html", "words", "words.gif"));
  EXPECT_THAT(names_in(folder / "words"), ElementsAre("01-dog.jpg", "01-dog.webp"));
  EXPECT_EQ(written.size(), 7u);
  EXPECT_EQ(load_image(folder / "words" / "01-dog.webp").width, 60);
  EXPECT_EQ(load_image(folder / "figure.jpg").width, load_image(folder / "figure.webp").width);
  EXPECT_THAT(read_file(folder / "index.html"), HasSubstr("dog.jpg"));
  EXPECT_EQ(read_file(folder / "words.gif").substr(0, 6), "GIF89a");
}

TEST(HeatmapFiles, IncludeNoWordsFolderForThePageAlone) {
  TemporaryFolder folder;
  const Image photograph = plain(60, 40, 90);
  HeatmapOptions options;
  options.pictures.clear();
  options.page = true;
  write_heatmap(photograph, caption_of(photograph, {}), "dog.jpg", folder.path(), options);
  EXPECT_THAT(names_in(folder.path()), ElementsAre("attention.json", "index.html"));
}

TEST(HeatmapFiles, ShowHowOftenEachCellWasSampled) {
  TemporaryFolder folder;
  const Image photograph = plain(70, 70, 90);
  Rollouts rollouts{10, 3, {std::vector<std::int64_t>(49, 0)}};
  rollouts.cells[0][48] = 7;
  rollouts.cells[0][0] = 3;
  HeatmapOptions options;
  options.figure.overlay.opacity = 1;
  write_heatmap(photograph, caption_of(photograph, {"dog"}), "x", folder.path(), options, rollouts);
  EXPECT_THAT(names_in(folder / "words"), ElementsAre("01-dog-cells.png", "01-dog.png"));
  const Image cells = load_image(folder / "words" / "01-dog-cells.png");
  const Color high = color_of(ColorMap::inferno, 1);
  EXPECT_EQ(cells.row(65)[3 * 65], high[0]);
  EXPECT_EQ(cells.row(65)[3 * 65 + 2], high[2]);
  const auto json = nlohmann::json::parse(read_file(folder / "attention.json"));
  EXPECT_EQ(json["rollouts"]["count"], 10);
  EXPECT_EQ(json["rollouts"]["cells"][0][6][6], 7);
}

TEST(HeatmapFiles, LimitTheSizeOfWordOverlaysUnlessFullSize) {
  TemporaryFolder folder;
  const Image photograph = plain(500, 250, 90);
  const Caption caption = caption_of(photograph, {"dog"});
  HeatmapOptions options;
  options.word_side = 100;
  write_heatmap(photograph, caption, "dog.jpg", folder.path(), options);
  EXPECT_EQ(load_image(folder / "words" / "01-dog.png").width, 100);
  options.full_size = true;
  write_heatmap(photograph, caption, "dog.jpg", folder.path(), options);
  EXPECT_EQ(load_image(folder / "words" / "01-dog.png").width, 500);
}

TEST(HeatmapFiles, ReplaceThoseOfAnEarlierRunAndKeepOtherFiles) {
  TemporaryFolder folder;
  const Image photograph = plain(20, 20, 90);
  write_heatmap(photograph, caption_of(photograph, {"one", "two", "three"}), "x", folder.path(),
                {});
  write_file(folder / "notes.txt", "mine");
  for (const char* name : {"mine.png", "2021-holiday.png", "03-three.jpg"}) {
    write_file(folder / "words" / name, "mine");
  }
  write_heatmap(photograph, caption_of(photograph, {"dog"}), "x", folder.path(), {});
  EXPECT_THAT(names_in(folder / "words"),
              ElementsAre("01-dog.png", "03-three.jpg", "2021-holiday.png", "mine.png"));
  EXPECT_EQ(read_file(folder / "notes.txt"), "mine");
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "attention.json"))["caption"], "dog");
}

TEST(HeatmapFiles, AreNotWrittenInPartWhenAMapIsInvalid) {
  TemporaryFolder folder;
  const Image photograph = plain(20, 20, 90);
  write_heatmap(photograph, caption_of(photograph, {"dog"}), "x", folder.path(), {});
  const std::string before = read_file(folder / "figure.png");
  Caption bad = caption_of(photograph, {"a", "cat"});
  bad.words[1].attention.pop_back();
  EXPECT_THROW(write_heatmap(photograph, bad, "x", folder.path(), {}), std::invalid_argument);
  EXPECT_EQ(read_file(folder / "figure.png"), before);
  EXPECT_THAT(names_in(folder.path()), ElementsAre("attention.json", "figure.png", "words"));
  EXPECT_THAT(names_in(folder / "words"), ElementsAre("01-dog.png"));
}

TEST(HeatmapFiles, NeverReplaceTheImageOrAFileOfTheUser) {
  TemporaryFolder folder;
  const Image photograph = plain(20, 20, 90);
  write_heatmap(photograph, caption_of(photograph, {"dog"}), "x", folder / "out", {});
  const std::string figure = folder / "out" / "figure.png";
  const std::string before = read_file(figure);
  EXPECT_THROW(require_heatmap_folder(folder / "out", figure, {}), std::invalid_argument);
  EXPECT_THROW(
      write_heatmap(photograph, caption_of(photograph, {"cat"}), figure, folder / "out", {}),
      std::invalid_argument);
  EXPECT_EQ(read_file(figure), before);
  HeatmapOptions options;
  options.page = true;
  EXPECT_NO_THROW(require_heatmap_folder(folder / "out", "x", options));
  write_file(folder / "out" / "index.html", "mine");
  EXPECT_THROW(require_heatmap_folder(folder / "out", "x", options), std::invalid_argument);
  EXPECT_NO_THROW(require_heatmap_folder(folder / "out", "x", {}));
}

TEST(HeatmapFiles, NameTheFolderThatCannotBeCreated) {
  TemporaryFolder folder;
  write_file(folder / "taken", "a file");
  const Image photograph = plain(20, 20, 90);
  const Caption caption = caption_of(photograph, {"dog"});
  for (const fs::path& out :
       {folder / "taken", folder / "taken" / "below", fs::path("/proc/saccade")}) {
    try {
      write_heatmap(photograph, caption, "x", out, {});
      ADD_FAILURE() << "nothing was thrown for " << out;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr(out.string()));
    }
  }
  EXPECT_EQ(read_file(folder / "taken"), "a file");
}

TEST(AttentionJson, ContainsGridPlacementWordsAndMaps) {
  const Image photograph = plain(400, 200, 90);
  Caption caption = caption_of(photograph, {"a", "dog"}, Fit::center_crop, {2, 3});
  caption.words[1].attention = {0.1f, 0.2f, 0.3f, 0.05f, 0.15f, 0.2f};
  caption.log_prob = -2.5;
  const auto json = nlohmann::json::parse(attention_json(caption, "dir/dög.jpg"));
  EXPECT_EQ(json["image"], "dir/dög.jpg");
  EXPECT_EQ(json["width"], 400);
  EXPECT_EQ(json["height"], 200);
  EXPECT_EQ(json["caption"], "a dog");
  EXPECT_EQ(json["log_prob"], -2.5);
  EXPECT_EQ(json["grid"]["rows"], 2);
  EXPECT_EQ(json["grid"]["cols"], 3);
  EXPECT_EQ(json["placement"]["input_size"], 224);
  EXPECT_NEAR(json["placement"]["scale_x"], 200.0 / 224, 1e-12);
  EXPECT_EQ(json["placement"]["offset_x"], 100);
  ASSERT_EQ(json["words"].size(), 2u);
  EXPECT_EQ(json["words"][1]["word"], "dog");
  EXPECT_NEAR(json["words"][1]["p"], 0.5, 1e-12);
  EXPECT_EQ(json["words"][1]["gate"], 0.25);
  EXPECT_EQ(json["words"][1]["entropy"], 0);
  ASSERT_EQ(json["alphas"].size(), 2u);
  ASSERT_EQ(json["alphas"][1].size(), 2u);
  EXPECT_THAT(json["alphas"][1][0].get<std::vector<float>>(), ElementsAre(0.1f, 0.2f, 0.3f));
  EXPECT_THAT(json["alphas"][1][1].get<std::vector<float>>(), ElementsAre(0.05f, 0.15f, 0.2f));
}

TEST(AttentionJson, ReplacesBytesThatAreNotUtf8) {
  const Image photograph = plain(4, 4, 90);
  const std::string text = attention_json(caption_of(photograph, {"d\xFFg"}), "\xFF.jpg");
  EXPECT_TRUE(nlohmann::json::accept(text));
}

TEST(WordFileName, IsSafeForEveryWord) {
  EXPECT_EQ(word_file_name(0, 5, "dog"), "01-dog.png");
  EXPECT_EQ(word_file_name(11, 120, "dog"), "012-dog.png");
  EXPECT_EQ(word_file_name(1, 5, "../../etc/passwd"), "02-______etc_passwd.png");
  EXPECT_EQ(word_file_name(1, 5, "<unk>"), "02-_unk_.png");
  EXPECT_EQ(word_file_name(1, 5, ""), "02-_.png");
  EXPECT_EQ(word_file_name(1, 5, std::string("a\0b", 3)), "02-a_b.png");
  EXPECT_EQ(word_file_name(1, 5, "größe"), "02-gr____e.png");
  EXPECT_LE(word_file_name(1, 5, std::string(5000, 'x')).size(), 50u);
}

}  // namespace
}  // namespace saccade::test
