#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "batch_command.h"

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

TEST_F(BatchCommand, CaptionsAFolderAndRecordsABrokenFile) {
  const ProgramResult result = batch(photographs_);
  EXPECT_EQ(result.code, 3) << result.err;
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
  ASSERT_EQ(batch(photographs_, {"--batch-size", "2"}).code, 3);
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
  ASSERT_EQ(batch(photographs_).code, 3);
  const std::string whole = read_file(output_);
  const std::size_t second = whole.find('\n') + 1;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, second, second + 9, whole.size()}) {
    for (const auto& more : {std::vector<std::string>{}, {"--resume"}}) {
      write_file(output_, whole.substr(0, size));
      const ProgramResult result = batch(photographs_, more);
      EXPECT_EQ(result.code, 3) << result.err;
      EXPECT_EQ(read_file(output_), whole) << "interrupted after " << size << " bytes";
    }
  }
}

TEST_F(BatchCommand, RetriesErrorsAndTakesInNewImages) {
  ASSERT_EQ(batch(photographs_).code, 3);
  const std::string before = read_file(output_);
  cv::imwrite(photographs_ / "b.jpg", cv::Mat(20, 30, CV_8UC3, cv::Scalar(0, 80, 0)));
  cv::imwrite(photographs_ / "0.png", cv::Mat(20, 30, CV_8UC3, cv::Scalar(9, 80, 0)));
  fs::remove(photographs_ / "deeper/c.jpg");
  const ProgramResult result = batch(photographs_);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("2 captioned, 0 failed"));
  EXPECT_THAT(result.err, HasSubstr("1 were in the output already"));
  const std::string resumed = read_file(output_);
  EXPECT_EQ(read_file(output_.string() + ".removed"), before.substr(before.rfind("{\"image\"")));
  ASSERT_EQ(batch(photographs_, {"--overwrite"}).code, 0);
  EXPECT_EQ(read_file(output_), resumed) << "as if it had been one run";
}

TEST_F(BatchCommand, WritesTheStateOfTheRunBesideTheOutput) {
  ASSERT_EQ(batch(photographs_, {"--beam", "2"}).code, 3);
  const auto state = nlohmann::json::parse(read_file(output_.string() + ".saccade.json"));
  EXPECT_EQ(state.at("command").at(0), "saccade");
  EXPECT_EQ(state.at("command").at(1), "batch");
  EXPECT_EQ(state.at("options").at("--beam"), 2);
  EXPECT_EQ(state.at("options").at("SOURCE"), photographs_.string());
  EXPECT_EQ(state.at("complete"), true);
  EXPECT_EQ(state.at("captioned"), 2);
  EXPECT_EQ(state.at("failed"), 1);
  const fs::path other = folder_ / "elsewhere.json";
  ASSERT_EQ(batch(photographs_, {"--overwrite", "--state", other}).code, 3);
  EXPECT_TRUE(fs::exists(other));
}

TEST_F(BatchCommand, RefusesTheOutputOfAnotherRunUnlessToldTo) {
  ASSERT_EQ(batch(photographs_).code, 3);
  const std::string before = read_file(output_);
  const ProgramResult other = batch(photographs_, {"--max-length", "3"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("--max-length was 30 and is now 3"));
  EXPECT_EQ(batch(photographs_ / "a.png").code, 2) << "another SOURCE";
  EXPECT_EQ(read_file(output_), before);
  EXPECT_EQ(batch(photographs_, {"--max-length", "3", "--force"}).code, 3);
  EXPECT_EQ(batch(photographs_ / "a.png", {"--overwrite"}).code, 0);
  EXPECT_EQ(records(output_).size(), 1);
  EXPECT_EQ(batch(photographs_ / "a.png", {"--overwrite", "--resume"}).code, 2);
}

TEST_F(BatchCommand, RefusesAnOutputWithoutAState) {
  const std::string mine = "{\"image\":\"other.jpg\",\"caption\":\"a dog\",\"log_prob\":-1}\n";
  write_file(output_, mine);
  for (const auto& more : {std::vector<std::string>{}, {"--resume"}}) {
    const ProgramResult result = batch(photographs_, more);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr("--overwrite"));
    EXPECT_EQ(read_file(output_), mine);
  }
  EXPECT_FALSE(fs::exists(output_.string() + ".saccade.json"));
  EXPECT_EQ(batch(photographs_, {"--overwrite"}).code, 3);
}

TEST_F(BatchCommand, RefusesToResumeStandardOutput) {
  const ProgramResult result = test::run_program(
      folder_.path(), {"batch", photographs_, "--output", "-", "--resume", "--model", model_});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("standard output"));
  EXPECT_EQ(result.out, "");
}

/// A list of many images, and a run over it that has written some lines.
class LongRun : public BatchCommand {
 protected:
  LongRun() {
    write_list(20000);
    program_.emplace(folder_.path(),
                     std::vector<std::string>{"batch", list_, "--output", output_, "--model",
                                              model_, "--batch-size", "4"});
    for (int i = 0; i < 6000 && (!fs::exists(output_) || fs::file_size(output_) == 0); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  void write_list(std::size_t images) const {
    std::string list;
    for (std::size_t i = 0; i < images; ++i) {
      list += (photographs_ / "deeper/c.jpg").string() + "\n";
    }
    write_file(list_, list);
  }

  const fs::path list_ = folder_ / "list.txt";
  std::optional<RunningProgram> program_;
};

TEST_F(LongRun, WritesCompleteLinesWhenInterruptedAndResumes) {
  program_->send(SIGINT);
  EXPECT_EQ(program_->wait(), 1) << program_->err();
  EXPECT_THAT(program_->err(), HasSubstr("run the same command again to continue"));
  const std::size_t lines = records(output_).size();  // each of them parses
  EXPECT_GT(lines, 0);
  EXPECT_LT(lines, 20000);
  EXPECT_EQ(read_file(output_).back(), '\n');

  // The same list, cut one line after the written lines: one image is left.
  write_list(lines + 1);
  const ProgramResult result = batch(list_);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 captioned, 0 failed"));
  EXPECT_EQ(records(output_).size(), lines + 1);
}

TEST_F(LongRun, IsTheOnlyWriterUntilItIsKilled) {
  const ProgramResult second = batch(list_);
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("another run"));
  program_->send(SIGKILL);
  program_->wait();
  const std::string left = read_file(output_);
  const std::size_t lines = std::count(left.begin(), left.end(), '\n');
  write_list(lines + 1);
  EXPECT_EQ(batch(list_).code, 0);
  EXPECT_EQ(records(output_).size(), lines + 1);
}

TEST_F(BatchCommand, ExitsWithACodeThatSaysHowMuchWasDone) {
  const ProgramResult some = batch(photographs_);
  EXPECT_EQ(some.code, 3);
  EXPECT_THAT(some.err, HasSubstr("      1  is not an image in a supported format\n"));
  EXPECT_EQ(batch(photographs_, {"--allow-errors"}).code, 0);
  EXPECT_EQ(batch(photographs_ / "a.png", {"--overwrite"}).code, 0);
  fs::create_directory(folder_ / "broken");
  fs::copy(photographs_ / "b.jpg", folder_ / "broken/b.jpg");
  EXPECT_EQ(batch(folder_ / "broken", {"--overwrite", "--allow-errors"}).code, 1);
}

TEST_F(BatchCommand, PrintsNothingIfQuiet) {
  const ProgramResult result = batch(photographs_, {"--quiet"});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out + result.err, "");
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
