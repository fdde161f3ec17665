// Runs of `batch` that wait for images, and those that decode in other processes.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "batch_command.h"
#include "tar_archive.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::BatchCommand;
using test::images;
using test::ProgramResult;
using test::read_file;
using test::records;
using test::RunningProgram;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

/// A run that has captioned what is in the folder, and waits for more.
class WatchingRun : public BatchCommand {
 protected:
  Names line(Names more) const {
    more.insert(more.begin(), {"batch", photographs_, "--model", model_, "--watch"});
    return more;
  }
  /// Waits, for a minute at most. @return whether it came true
  static bool comes(const std::function<bool()>& condition) {
    for (int i = 0; i < 6000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return condition();
  }
  bool has_rows(std::size_t count) const {
    return comes([&] {
      const std::string text = fs::exists(output_) ? read_file(output_) : "";
      return std::count(text.begin(), text.end(), '\n') >= std::ptrdiff_t(count);
    });
  }
};

TEST_F(WatchingRun, CaptionsImagesOnceTheyAreComplete) {
  RunningProgram program(folder_.path(), line({"--output", output_}));
  ASSERT_TRUE(has_rows(3)) << program.err();
  ASSERT_TRUE(comes([&] { return program.err().find("waiting") != std::string::npos; }));
  const std::string bytes = read_file(photographs_ / "deeper/c.jpg");
  const fs::path slow = photographs_ / "slow.jpg", moved = photographs_ / "new/moved.jpg";
  std::ofstream file(slow, std::ios::binary);
  file << bytes.substr(0, 400) << std::flush;
  fs::create_directory(folder_ / "new");
  write_file(folder_ / "new/moved.jpg", bytes);
  fs::rename(folder_ / "new", photographs_ / "new");
  ASSERT_TRUE(has_rows(4)) << program.err();
  EXPECT_EQ(images(output_)[3], moved) << "the other is still being written";
  file << bytes.substr(400) << std::flush;
  file.close();
  ASSERT_TRUE(has_rows(5)) << program.err();
  EXPECT_EQ(images(output_)[4], slow);
  write_file(photographs_ / "b.jpg", bytes);
  ASSERT_TRUE(has_rows(6)) << program.err();

  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.err();
  const std::string before = read_file(output_);
  EXPECT_EQ(before.find("error"), std::string::npos) << "the broken file was repaired";
  const ProgramResult again = batch(photographs_);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("0 captioned, 0 failed"));
  EXPECT_THAT(images(output_), ElementsAre(photographs_ / "a.png", photographs_ / "b.jpg",
                                           photographs_ / "deeper/c.jpg", moved, slow));
}

TEST_F(WatchingRun, WritesFilesBesideTheImages) {
  fs::remove(photographs_ / "b.jpg");
  RunningProgram program(folder_.path(), line({"--sidecar", "txt"}));
  EXPECT_TRUE(comes([&] { return fs::exists(photographs_ / "deeper/c.txt"); })) << program.err();
  fs::copy(photographs_ / "a.png", photographs_ / "d.png");
  EXPECT_TRUE(comes([&] { return fs::exists(photographs_ / "d.txt"); })) << program.err();
  fs::copy(photographs_ / "a.png", photographs_ / "d.webp");
  const fs::path journal = photographs_ / ".saccade/captions.jsonl";
  EXPECT_TRUE(comes([&] { return read_file(journal).find("--sidecar-name") != std::string::npos; }))
      << "it would have the file of d.png";
  program.send(SIGINT);
  EXPECT_EQ(program.wait(), 0) << program.err();
  EXPECT_EQ(read_file(photographs_ / "d.txt"), read_file(photographs_ / "a.txt"));
}

TEST_F(WatchingRun, LeavesTheCaptionsOfAnArchiveThatAppearsToTheNextRun) {
  fs::remove(photographs_ / "b.jpg");
  const fs::path journal = photographs_ / ".saccade/captions.jsonl";
  RunningProgram program(folder_.path(), line({"--sidecar", "txt"}));
  ASSERT_TRUE(comes([&] { return fs::exists(photographs_ / "deeper/c.txt"); })) << program.err();
  write_file(photographs_ / "new.tar",
             test::tar_file("1.png", read_file(photographs_ / "a.png")) + test::tar_end());
  EXPECT_TRUE(comes([&] { return read_file(journal).find("in an archive") != std::string::npos; }))
      << program.err();
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.err();
  const ProgramResult next = test::run_program(
      folder_.path(), {"batch", photographs_, "--model", model_, "--sidecar", "txt"});
  EXPECT_EQ(next.code, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr("1 captioned, 0 failed"));
}

TEST_F(WatchingRun, EndsWhenItsFolderIsRemoved) {
  RunningProgram program(folder_.path(), line({"--output", output_}));
  ASSERT_TRUE(has_rows(3)) << program.err();
  fs::rename(photographs_, folder_ / "elsewhere");
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.err(), HasSubstr("removed or moved"));
}

TEST_F(BatchCommand, WatchesOnlyAFolder) {
  EXPECT_EQ(batch(photographs_ / "a.png", {"--watch"}).code, 2);
  EXPECT_EQ(batch(photographs_, {"--watch", "--shard", "0/2"}).code, 2);
}

TEST_F(BatchCommand, GivesTheSameResultsFromDecodersInOtherProcesses) {
  ASSERT_EQ(batch(photographs_).code, 3);
  const std::string expected = read_file(output_);
  const ProgramResult isolated = batch(photographs_, {"--overwrite", "--isolate"});
  EXPECT_EQ(isolated.code, 3) << isolated.err;
  EXPECT_EQ(read_file(output_), expected);
  EXPECT_EQ(batch(photographs_, {"--overwrite", "--decode-timeout", "5"}).code, 2);
}

TEST_F(BatchCommand, SaysWhatDiagnosingSaysOfEachWord) {
  ASSERT_EQ(batch(photographs_, {"--fields", "words,verdicts", "--no-repeat-ngram", "1"}).code, 3);
  const auto record = records(output_)[2];
  const ProgramResult diagnosis =
      test::run_program(folder_.path(), {"diagnose", photographs_ / "deeper/c.jpg", "--model",
                                         model_, "--json", "--no-repeat-ngram", "1"});
  ASSERT_EQ(diagnosis.code, 0) << diagnosis.err;
  const auto expected = nlohmann::json::parse(diagnosis.out);
  nlohmann::json words, verdicts;
  for (const auto& word : expected.at("words")) {
    words.push_back(word.at("word"));
    verdicts.push_back(word.at("verdict"));
  }
  EXPECT_EQ(record.at("words"), words);
  EXPECT_EQ(record.at("verdicts"), verdicts);
  EXPECT_EQ(record.at("suspicion").size(), words.size());
  EXPECT_GT(std::count_if(verdicts.begin(), verdicts.end(),
                          [](const auto& one) { return one.is_string(); }),
            0);
}

}  // namespace
}  // namespace saccade
