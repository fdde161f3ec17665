// Runs `saccade evaluate` from the command line.

#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/model/bundle/bundle.h"

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

TEST(ProgramEvaluate, AcceptsImageNamesOfAnyBytes) {
  const TemporaryFolder folder;
  save_bundle(folder / "model", tiny_bundle(), Storage::fp32, "# Random weights\n");
  std::filesystem::create_directories(folder / "data");
  // The names of files and those in the output.
  const std::map<std::string, std::string> names{
      {"two\nlines", "two\nlines"},       {"a\ttab", "a\ttab"},
      {"\"quotes\"", "\"quotes\""},       {"back\\slash", "back\\slash"},
      {" space, comma", " space, comma"}, {"caf\xE9", "caf\xEF\xBF\xBD"}};
  int shade = 0;
  for (const auto& [file, name] : names) {
    cv::imwrite(folder / "data" / (file + ".png"),
                cv::Mat(32, 32, CV_8UC3, cv::Scalar(40 * shade++, 80, 160)));
    write_file(folder / "data" / (file + ".txt"), "A dog runs\n");
  }
  const ProgramResult result = run_program(
      folder.path(), {"evaluate", "--data", folder / "data", "--split", "all", "--model",
                      folder / "model", "--no-meteor", "--output", folder / "captions.jsonl"});
  ASSERT_EQ(result.code, 0) << result.err;
  std::istringstream lines(read_file(folder / "captions.jsonl"));
  std::map<std::string, int> written;
  for (std::string line; std::getline(lines, line);) {
    ++written[nlohmann::json::parse(line).at("image").get<std::string>()];
  }
  EXPECT_EQ(written.size(), names.size());
  for (const auto& [file, name] : names) EXPECT_EQ(written[name + ".png"], 1) << name;
}

}  // namespace
}  // namespace saccade::test
