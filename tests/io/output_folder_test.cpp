#include "saccade/io/output_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Files = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> names_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void write_run(const fs::path& directory, const Files& files,
               const std::vector<fs::path>& inputs = {}) {
  OutputFolder folder(directory, inputs);
  for (const auto& [name, text] : files) folder.write(name, text);
  folder.commit([](const fs::path& name) { return name.parent_path() == "words"; });
}

std::string opening_refusal(const fs::path& directory, const Files& files,
                            const std::vector<fs::path>& inputs = {}) {
  try {
    write_run(directory, files, inputs);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(OutputFolder, ReplacesAndRemovesFilesOfAnEarlierRun) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"figure.png", "1"}, {"words/1.png", "1"}, {"words/2.png", "1"}});
  write_run(folder.path(), {{"figure.png", "2"}, {"words/1.png", "2"}});
  EXPECT_THAT(names_below(folder.path()), ElementsAre(kManifest, "figure.png", "words/1.png"));
  EXPECT_EQ(read_file(folder / "figure.png"), "2");
}

TEST(OutputFolder, KeepsTheUsersFiles) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"words/01-dog.png", "1"}, {"words/02-cat.png", "1"}});
  for (const char* name : {"words/2021-holiday.png", "words/03-a.png", "words/000004.html"}) {
    write_file(folder / name, "mine");
  }
  write_run(folder.path(), {{"words/01-dog.png", "2"}});
  EXPECT_THAT(names_below(folder.path()),
              ElementsAre(kManifest, "words/000004.html", "words/01-dog.png", "words/03-a.png",
                          "words/2021-holiday.png"));
}

TEST(OutputFolder, DoesNotReplaceFilesThatItDidNotWrite) {
  const TemporaryFolder folder;
  write_file(folder / "index.html", "mine");
  EXPECT_THAT(opening_refusal(folder.path(), {{"a.json", "1"}, {"index.html", "1"}}),
              HasSubstr((folder / "index.html").string()));
  EXPECT_EQ(read_file(folder / "index.html"), "mine");
  EXPECT_THAT(names_below(folder.path()), ElementsAre("index.html"));
  EXPECT_THROW(require_replaceable(folder.path(), {"index.html"}, {}), std::invalid_argument);
  EXPECT_NO_THROW(require_replaceable(folder.path(), {"a.json"}, {}));
}

TEST(OutputFolder, KeepsFilesThatTheUserChanged) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"index.html", "1"}, {"words/1.png", "1"}});
  write_file(folder / "words/1.png", "painted over");
  write_run(folder.path(), {{"index.html", "2"}});
  EXPECT_EQ(read_file(folder / "words/1.png"), "painted over");
  write_file(folder / "index.html", "edited");
  EXPECT_THAT(opening_refusal(folder.path(), {{"index.html", "3"}}), HasSubstr("index.html"));
  EXPECT_EQ(read_file(folder / "index.html"), "edited");
}

TEST(OutputFolder, DoesNotReplaceFoldersOrLinks) {
  const TemporaryFolder folder;
  write_file(folder / "target", "1");
  fs::create_directories(folder / "out/figure.png");
  fs::create_symlink("../target", folder / "out/index.html");
  EXPECT_NE(opening_refusal(folder / "out", {{"figure.png", "1"}}), "");
  EXPECT_NE(opening_refusal(folder / "out", {{"index.html", "1"}}), "");
  EXPECT_TRUE(fs::is_symlink(folder / "out/index.html"));
}

TEST(OutputFolder, KeepsInputsThatItWroteItself) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"figure.png", "1"}, {"words/1.png", "1"}});
  EXPECT_THAT(opening_refusal(folder.path(), {{"figure.png", "2"}}, {folder / "figure.png"}),
              HasSubstr("input"));
  fs::create_hard_link(folder / "figure.png", folder / "twin.png");
  EXPECT_THAT(opening_refusal(folder.path(), {{"figure.png", "2"}}, {folder / "twin.png"}),
              HasSubstr("input"));
  EXPECT_EQ(read_file(folder / "figure.png"), "1");
  write_run(folder.path(), {{"other.json", "2"}}, {folder / "words/1.png"});
  EXPECT_EQ(read_file(folder / "words/1.png"), "1");
}

TEST(OutputFolder, ChangesNothingWithoutCommit) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"figure.png", "1"}});
  {
    OutputFolder out(folder.path());
    out.write("figure.png", "2");
  }
  EXPECT_THAT(names_below(folder.path()), ElementsAre(kManifest, "figure.png"));
  EXPECT_EQ(read_file(folder / "figure.png"), "1");
}

TEST(OutputFolder, AcceptsFilesThatAreWrittenInParts) {
  const TemporaryFolder folder;
  for (const char* text : {"first", "second"}) {
    OutputFolder out(folder.path());
    std::ofstream list(out.staged("index.html"));
    list << text;
    list.close();
    out.commit();
    EXPECT_EQ(read_file(folder / "index.html"), text);
  }
}

/// A forged manifest must not make it remove files elsewhere.
TEST(OutputFolder, RemovesNothingOutsideTheFolder) {
  const TemporaryFolder folder;
  write_file(folder / "mine.png", "1");
  write_run(folder / "out", {{"words/1.png", "1"}});
  const std::string manifest = read_file(folder / "out" / kManifest);
  const std::string hash = manifest.substr(0, 64);
  fs::create_directory(folder / "out/words/words");
  write_file(folder / "out" / kManifest, manifest + hash + "  words/../../mine.png\n" + hash +
                                             "  " + (folder / "mine.png").string() + "\n" + hash +
                                             "\nno line of it\n");
  OutputFolder out(folder / "out");
  out.write("figure.png", "2");
  out.commit([](const fs::path&) { return true; });
  EXPECT_EQ(read_file(folder / "mine.png"), "1");
  EXPECT_FALSE(fs::exists(folder / "out/words/1.png"));
}

/// A run that is killed between two moves leaves its manifest and some of its files.
TEST(OutputFolder, ContinuesAfterAKilledRun) {
  const TemporaryFolder folder;
  write_run(folder.path(), {{"a", "1"}, {"b", "1"}});
  const std::string before = read_file(folder / kManifest);
  write_run(folder.path(), {{"a", "2"}, {"b", "2"}});
  write_file(folder / kManifest, before + read_file(folder / kManifest));
  write_file(folder / "b", "1");  // not moved yet
  write_run(folder.path(), {{"a", "3"}, {"b", "3"}});
  EXPECT_EQ(read_file(folder / "a") + read_file(folder / "b"), "33");
}

}  // namespace
}  // namespace saccade
