#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "tar_archive.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Images in files, pipes and tar archives, and a model with random weights.
class SourceOfImages : public ::testing::Test {
 protected:
  SourceOfImages() {
    save_bundle(model_, test::tiny_bundle(), Storage::fp32, "# Random weights\n");
    cv::imwrite(image_, cv::Mat(20, 30, CV_8UC3, cv::Scalar(0, 80, 255)));
  }

  std::vector<std::string> batch(const fs::path& source, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"batch", source, "--output", output_, "--model", model_});
    return more;
  }

  test::ProgramResult run(const std::vector<std::string>& arguments) const {
    return test::run_program(folder_.path(), arguments);
  }

  /// The records of the output, by line.
  std::vector<nlohmann::json> written() const {
    std::vector<nlohmann::json> lines;
    std::istringstream in(test::read_file(output_));
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& record : written()) names.push_back(record.at("image"));
    return names;
  }

  /// Writes a shard of two samples. @param size  bytes of it to write
  fs::path write_shard(const std::string& name, std::size_t size = std::string::npos) const {
    const std::string png = test::read_file(image_);
    const std::string bytes = test::tar_file("b.png", png) + test::tar_file("b.json", "{}") +
                              test::tar_file("a.png", png) + test::tar_file("a.txt", "a dog") +
                              test::tar_end();
    test::write_file(folder_ / name, bytes.substr(0, size));
    return folder_ / name;
  }

  test::TemporaryFolder folder_;
  const fs::path model_ = folder_ / "model";
  const fs::path image_ = folder_ / "image.png";
  const fs::path output_ = folder_ / "out.jsonl";
};

TEST_F(SourceOfImages, MayBeATarArchive) {
  const fs::path shard = write_shard("0.tar");
  const test::ProgramResult result = run(batch(shard));
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(names(), ElementsAre(shard / "b.png", shard / "a.png"));
  const test::ProgramResult alone = run({"caption", image_, "--model", model_});
  for (const auto& record : written()) {
    EXPECT_EQ(record.at("caption").get<std::string>() + "\n", alone.out);
  }
  EXPECT_EQ(run({"caption", shard / "a.png", "--model", model_}).out, alone.out);
}

TEST_F(SourceOfImages, ResumesInsideATarArchive) {
  const fs::path shards = folder_ / "[01].tar";
  write_shard("0.tar");
  write_shard("1.tar");
  ASSERT_EQ(run(batch(shards)).code, 0);
  const std::string whole = test::read_file(output_);
  ASSERT_EQ(written().size(), 4u);
  const std::size_t third = whole.find('\n', whole.find('\n') + 1) + 1;
  for (const std::size_t size : {whole.find('\n') + 1, third, third + 10}) {
    test::write_file(output_, whole.substr(0, size));
    const test::ProgramResult result = run(batch(shards, {"--resume"}));
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(test::read_file(output_), whole) << "interrupted after " << size << " bytes";
  }
}

TEST_F(SourceOfImages, MayBeATruncatedTarArchive) {
  const std::size_t second = 512 * (1 + 1 + 2) + 512;  // in the bytes of a.png
  const fs::path shard = write_shard("0.tar", second + 10);
  run(batch(shard));
  ASSERT_THAT(names(), ElementsAre(shard / "b.png", shard));
  EXPECT_TRUE(written()[0].at("caption").is_string());
  EXPECT_THAT(written()[1].at("error").get<std::string>(),
              AllOf(HasSubstr(shard), HasSubstr("a.png"), HasSubstr("at byte 2048")));
}

TEST_F(SourceOfImages, HasATimeLimitForPipes) {
  const fs::path pipe = folder_ / "pipe.png";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  test::write_file(folder_ / "list.txt", pipe.string() + "\n" + image_.string() + "\n");
  run(batch(folder_ / "list.txt", {"--timeout", "0.1"}));
  ASSERT_THAT(names(), ElementsAre(pipe, image_));
  EXPECT_THAT(written()[0].at("error").get<std::string>(),
              AllOf(HasSubstr(pipe), HasSubstr("within 0.1 s")));
  EXPECT_TRUE(written()[1].at("caption").is_string());
  EXPECT_EQ(run({"caption", pipe, "--model", model_, "--timeout", "0.1"}).code, 1);
  EXPECT_EQ(run({"caption", image_, "--model", model_, "--timeout", "-1"}).code, 2);
}

TEST_F(SourceOfImages, IsLeftAtOnceWhenInterruptedWhileReading) {
  const fs::path pipe = folder_ / "pipe.png";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  test::write_file(folder_ / "list.txt", image_.string() + "\n" + pipe.string() + "\n");
  for (const int signal : {SIGINT, SIGTERM}) {
    fs::remove(output_);
    test::RunningProgram program(
        folder_.path(), batch(folder_ / "list.txt", {"--timeout", "0", "--batch-size", "1"}));
    while (!fs::exists(output_) || fs::file_size(output_) == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    program.send(signal);
    EXPECT_EQ(program.wait(), 1) << program.err();  // without the fix it waits for ever
    EXPECT_THAT(program.err(), HasSubstr("nterrupted"));
    EXPECT_THAT(names(), ElementsAre(image_));
  }
}

TEST_F(SourceOfImages, IsLeftAtOnceWhenInterruptedBeforeTheFirstRecord) {
  ASSERT_EQ(::mkfifo((folder_ / "list").c_str(), 0600), 0);
  test::RunningProgram program(folder_.path(), batch(folder_ / "list"));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 128 + SIGTERM);
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(SourceOfImages, RecordsLinksThatLeadNowhere) {
  fs::create_directory(folder_ / "photographs");
  fs::create_symlink("gone.png", folder_ / "photographs/link");
  run(batch(folder_ / "photographs"));
  ASSERT_THAT(names(), ElementsAre(folder_ / "photographs/link"));
  EXPECT_THAT(written()[0].at("error").get<std::string>(),
              AllOf(HasSubstr("link to \"gone.png\""), HasSubstr("does not exist")));
}

TEST_F(SourceOfImages, MayHaveANewlineInItsName) {
  const std::string name = folder_ / "two\nlines.png";
  fs::rename(image_, name);
  const auto code = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--model", model_});
    const test::ProgramResult result = run(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(name)));
  };
  code({"caption", name});
  code({"caption", name, name});
  code({"caption", name, "--json"});
  code({"heatmap", name, "--output", folder_ / "new\nline"});
  code({"score", name, "--caption", "a"});
  code({"diagnose", name});
  code({"batch", name, "--output", output_});
  EXPECT_THAT(names(), ElementsAre(name));
}

TEST_F(SourceOfImages, IsNamedWholeInMessages) {
  const std::string start(200, 'a');
  const test::ProgramResult result =
      run({"caption", folder_ / (start + "\n\x1B[2J.png"), "--model", model_});
  EXPECT_THAT(result.err,
              HasSubstr("\"" + (folder_ / (start + "\\n\\x1B[2J.png")).string() + "\""));
}

}  // namespace
}  // namespace saccade
