#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade::test {

inline std::vector<nlohmann::json> records(const std::filesystem::path& path) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(read_file(path));
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

inline std::vector<std::string> images(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const auto& record : records(path)) names.push_back(record.at("image"));
  return names;
}

/// A folder with two images and a broken file between them, and a model with random weights.
class BatchCommand : public ::testing::Test {
 protected:
  BatchCommand() {
    save_bundle(model_, tiny_bundle(), Storage::fp32, "# Random weights\n");
    std::filesystem::create_directories(photographs_ / "deeper");
    cv::imwrite(photographs_ / "a.png", cv::Mat(20, 30, CV_8UC3, cv::Scalar(0, 80, 255)));
    write_file(photographs_ / "b.jpg", "not an image");
    cv::imwrite(photographs_ / "deeper/c.jpg", cv::Mat(40, 30, CV_8UC3, cv::Scalar(200, 80, 0)));
  }

  ProgramResult batch(const std::string& source, std::vector<std::string> more = {},
                      const std::string& input = "") {
    more.insert(more.begin(), {"batch", source, "--output", output_, "--model", model_});
    return run_program(folder_.path(), more, input);
  }

  TemporaryFolder folder_;
  const std::filesystem::path model_ = folder_ / "model";
  const std::filesystem::path photographs_ = folder_ / "photographs";
  const std::filesystem::path output_ = folder_ / "out.jsonl";
};

}  // namespace saccade::test
