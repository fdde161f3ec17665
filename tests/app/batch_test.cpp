#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using test::read_file;
using test::RunningProgram;
using test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<nlohmann::json> records(const fs::path& path) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(read_file(path));
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

std::vector<std::string> images(const fs::path& path) {
  std::vector<std::string> names;
  for (const auto& record : records(path)) names.push_back(record.at("image"));
  return names;
}

/// A folder with two images and a broken file between them, and a model with random weights.
class BatchCommand : public ::testing::Test {
 protected:
  BatchCommand() {
    save_bundle(model_, test::tiny_bundle(), Storage::fp32, "# Random weights\n");
    fs::create_directories(photographs_ / "deeper");
    cv::imwrite(photographs_ / "a.png", cv::Mat(20, 30, CV_8UC3, cv::Scalar(0, 80, 255)));
    write_file(photographs_ / "b.jpg", "not an image");
    cv::imwrite(photographs_ / "deeper/c.jpg", cv::Mat(40, 30, CV_8UC3, cv::Scalar(200, 80, 0)));
  }

  ProgramResult batch(const std::string& source, std::vector<std::string> more = {},
                      const std::string& input = "") {
    more.insert(more.begin(), {"batch", source, "--output", output_, "--model", model_});
    return test::run_program(folder_.path(), more, input);
  }

  test::TemporaryFolder folder_;
  const fs::path model_ = folder_ / "model";
  const fs::path photographs_ = folder_ / "photographs";
  const fs::path output_ = folder_ / "out.jsonl";
};

TEST_F(BatchCommand, CaptionsAFolderAndRecordsABrokenFile) {
  const ProgramResult result = batch(photographs_);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("2 captioned, 1 failed"));
  const auto lines = records(output_);
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0].at("image"), (photographs_ / "a.png").string());
  EXPECT_TRUE(lines[0].at("caption").is_string());
  EXPECT_LE(lines[0].at("log_prob").get<double>(), 0);
  EXPECT_TRUE(lines[0].at("confidence").is_null()) << "the model has no calibration";
  EXPECT_EQ(lines[0].size(), 4);
  EXPECT_EQ(lines[1].at("image"), (photographs_ / "b.jpg").string());
  EXPECT_THAT(lines[1].at("error").get<std::string>(), HasSubstr("b.jpg"));
  EXPECT_EQ(lines[1].size(), 2);
  EXPECT_EQ(lines[2].at("image"), (photographs_ / "deeper/c.jpg").string());
  EXPECT_TRUE(lines[2].contains("caption"));
}

TEST_F(BatchCommand, GivesTheSameCaptionsAsTheCaptionCommand) {
  ASSERT_EQ(batch(photographs_, {"--batch-size", "2"}).code, 0);
  const ProgramResult caption = test::run_program(
      folder_.path(), {"caption", photographs_ / "deeper/c.jpg", "--model", model_});
  EXPECT_EQ(caption.out, records(output_)[2].at("caption").get<std::string>() + "\n");
}

TEST_F(BatchCommand, ReadsAListFromStandardInput) {
  const std::string c = photographs_ / "deeper/c.jpg";
  const std::string a = photographs_ / "a.png";
  const ProgramResult result = batch("-", {}, c + "\n" + a + "\n" + c + "\n");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(images(output_), ElementsAre(c, a, c));
}

TEST_F(BatchCommand, ResumesFromATruncatedLine) {
  ASSERT_EQ(batch(photographs_).code, 0);
  const std::string whole = read_file(output_);
  const std::size_t second = whole.find('\n') + 1;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, second, second + 9, whole.size()}) {
    write_file(output_, whole.substr(0, size));
    const ProgramResult result = batch(photographs_, {"--resume"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(read_file(output_), whole) << "interrupted after " << size << " bytes";
  }
}

TEST_F(BatchCommand, RejectsResumingTheOutputOfOtherInputs) {
  write_file(output_, "{\"image\":\"other.jpg\",\"caption\":\"a dog\",\"log_prob\":-1}\n");
  const std::string before = read_file(output_);
  const ProgramResult result = batch(photographs_, {"--resume"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("other.jpg"));
  EXPECT_EQ(read_file(output_), before);
}

TEST_F(BatchCommand, WritesCompleteLinesWhenInterruptedAndResumes) {
  std::string list;
  for (int i = 0; i < 20000; ++i) list += (photographs_ / "deeper/c.jpg").string() + "\n";
  write_file(folder_ / "list.txt", list);
  {
    RunningProgram program(folder_.path(), {"batch", folder_ / "list.txt", "--output", output_,
                                            "--model", model_, "--batch-size", "4"});
    for (int i = 0; i < 6000 && (!fs::exists(output_) || fs::file_size(output_) == 0); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    program.send(SIGINT);
    EXPECT_EQ(program.wait(), 1) << program.err();
    EXPECT_THAT(program.err(), HasSubstr("--resume"));
  }
  const std::size_t lines = records(output_).size();  // each of them parses
  EXPECT_GT(lines, 0);
  EXPECT_LT(lines, 20000);
  EXPECT_EQ(read_file(output_).back(), '\n');

  // The same list, cut one line after the written lines: one image is left.
  std::string shorter;
  for (std::size_t i = 0; i <= lines; ++i)
    shorter += (photographs_ / "deeper/c.jpg").string() + "\n";
  const ProgramResult result = batch("-", {"--resume"}, shorter);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 captioned, 0 failed"));
  EXPECT_EQ(records(output_).size(), lines + 1);
}

TEST_F(BatchCommand, WritesAnEmptyOutputForAnEmptyFolder) {
  fs::create_directory(folder_ / "empty");
  EXPECT_EQ(batch(folder_ / "empty").code, 0);
  EXPECT_TRUE(fs::exists(output_));
  EXPECT_EQ(fs::file_size(output_), 0);
}

TEST_F(BatchCommand, ExitsWithDifferentCodesForWrongUsageAndFailure) {
  EXPECT_EQ(test::run_program(folder_.path(), {"batch", photographs_}).code, 2);
  EXPECT_EQ(test::run_program(folder_.path(), {"batch", "--output", output_}).code, 2);
  EXPECT_EQ(batch(photographs_, {"another"}).code, 2);
  EXPECT_EQ(batch(photographs_, {"--batch-size", "0"}).code, 2);
  EXPECT_EQ(batch(photographs_, {"--no-such-option"}).code, 2);
  EXPECT_FALSE(fs::exists(output_));

  const ProgramResult absent = batch(folder_ / "absent");
  EXPECT_EQ(absent.code, 1);
  EXPECT_THAT(absent.err, HasSubstr("absent"));
  EXPECT_FALSE(fs::exists(output_));
}

TEST(DoctorCommand, ReportsTheMachineAsJson) {
  const test::TemporaryFolder folder;
  const ProgramResult result = test::run_program(folder.path(), {"doctor", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_GT(json.at("gflops").at("float").get<double>(), 0);
  const auto& native = json.at("native_precisions");
  const bool has_bf16 = std::count(native.begin(), native.end(), "bfloat16") == 1;
  EXPECT_EQ(std::count(native.begin(), native.end(), "float"), 1);
  EXPECT_EQ(json.at("gflops").at("bfloat16").is_number(), has_bf16);
  EXPECT_EQ(json.at("instruction_set_used") == "AVX-512 BF16", has_bf16);
  EXPECT_GE(json.at("threads").get<int>(), 1);
  EXPECT_THAT(json.at("libtorch").get<std::string>(), HasSubstr("."));
  EXPECT_TRUE(json.at("advice").is_array());
}

TEST(DoctorCommand, ReportsRestrictedInstructionSets) {
  const test::TemporaryFolder folder;
  const auto doctor = [&](const char* variable, const char* value) {
    ::setenv(variable, value, 1);
    const ProgramResult result = test::run_program(folder.path(), {"doctor", "--json"});
    ::unsetenv(variable);
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out);
  };
  for (const auto& json :
       {doctor("ONEDNN_MAX_CPU_ISA", "SSE41"), doctor("ATEN_CPU_CAPABILITY", "default")}) {
    EXPECT_EQ(json.at("instruction_set_used"), "portable");
    EXPECT_EQ(json.at("native_precisions"), nlohmann::json::array({"float"}));
  }
}

TEST(DoctorCommand, EndsItsReportWithAdvice) {
  const test::TemporaryFolder folder;
  const ProgramResult result = test::run_program(folder.path(), {"doctor"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("GFLOP/s"));
  EXPECT_THAT(result.out, ::testing::EndsWith(".\n"));
}

}  // namespace
}  // namespace saccade
