// Which output paths the commands accept and which they reject to protect user files.

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
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
using test::write_file;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

/// Two images, a list of one, captions and references, and a model with random weights.
class Outputs : public ::testing::Test {
 protected:
  Outputs() {
    save_bundle(model_, test::tiny_bundle(), Storage::fp32, "# Random weights\n");
    fs::create_directories(photographs_);
    for (const char* name : {"a.png", "b.png"}) {
      cv::imwrite(photographs_ / name, cv::Mat(20, 30, CV_8UC3, cv::Scalar(0, 80, 255)));
    }
    write_file(list_, (photographs_ / "a.png").string() + "\n");
    write_file(captions_, "{\"image\":\"a.png\",\"caption\":\"a dog sits\"}\n");
    write_file(references_, "{\"image\":\"a.png\",\"captions\":[\"a dog sits\"]}\n");
  }
  ProgramResult run(const Arguments& arguments) const {
    return test::run_program(folder_.path(), arguments);
  }
  /// Expects a command to fail as wrong usage with one line, and to leave `file` unchanged.
  void expect_refused(const Arguments& arguments, const fs::path& file,
                      const std::string& because) {
    const std::string before = read_file(file);
    const ProgramResult result = run(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(because));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(read_file(file), before);
  }
  Arguments batch(const fs::path& source, const fs::path& output) const {
    return {"batch", source, "--output", output, "--model", model_};
  }

  test::TemporaryFolder folder_;
  const fs::path model_ = folder_ / "model";
  const fs::path photographs_ = folder_ / "photographs";
  const fs::path photo_ = photographs_ / "a.png";
  const fs::path list_ = folder_ / "list.txt";
  const fs::path captions_ = folder_ / "captions.jsonl";
  const fs::path references_ = folder_ / "references.jsonl";
};

TEST_F(Outputs, OfBatchNeverReplaceItsInputs) {
  expect_refused(batch(photographs_, photo_), photo_, "input");
  expect_refused(batch(list_, list_), list_, "input");
  expect_refused(batch(list_, model_ / "config.json"), model_ / "config.json", "input");
  fs::create_hard_link(photo_, folder_ / "twin");
  expect_refused(batch(list_, folder_ / "twin"), photo_, "input");
  fs::create_symlink(list_, folder_ / "link");
  expect_refused(batch(list_, folder_ / "link"), list_, "input");
  expect_refused(batch(list_, photographs_ / "b.png"), photographs_ / "b.png", "PNG image");
  write_file(folder_ / "notes.txt", "mine\n");
  expect_refused(batch(list_, folder_ / "notes.txt"), folder_ / "notes.txt", "did not write");
  for (const char* option : {"--resume", "--overwrite", "--force"}) {
    Arguments line = batch(list_, list_);
    line.emplace_back(option);
    expect_refused(line, list_, "input");
    line = batch(list_, folder_ / "notes.txt");
    line.emplace_back(option);
    expect_refused(line, folder_ / "notes.txt", "did not write");
  }
  EXPECT_EQ(run(batch(list_, folder_.path())).code, 2);
}

TEST_F(Outputs, OfBatchReplaceThoseOfAnEarlierRun) {
  const fs::path out = folder_ / "out.jsonl";
  const std::string line = "{\"image\":\"gone.png\",\"error\":\"x\"}\n";
  for (const std::string& earlier : {std::string(), line, line.substr(0, 4)}) {
    write_file(out, earlier);
    Arguments line = batch(list_, out);
    line.emplace_back("--overwrite");
    EXPECT_EQ(run(line).code, 0) << earlier;
    EXPECT_EQ(nlohmann::json::parse(read_file(out)).at("image"), photo_.string());
  }
}

TEST_F(Outputs, OfBatchMayBeStandardOutputAPipeOrADevice) {
  for (const char* output : {"-", "/dev/stdout", "/dev/fd/1"}) {
    const ProgramResult result = run(batch(photographs_, output));
    EXPECT_EQ(result.code, 0) << result.err;
    std::istringstream lines(result.out);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      EXPECT_TRUE(nlohmann::json::parse(line).contains("caption")) << line;
    }
    EXPECT_EQ(count, 2) << output;
  }
  EXPECT_FALSE(fs::exists("-"));
  EXPECT_EQ(run(batch(photographs_, "/dev/null")).code, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Outputs, OfMetricsNeverReplaceItsInputs) {
  const Arguments metrics{"metrics", "--hypotheses", captions_, "--references", references_};
  for (const char* option : {"--per-image", "--save-document-frequency"}) {
    for (const fs::path& file : {captions_, references_}) {
      Arguments line = metrics;
      line.insert(line.end(), {option, file});
      expect_refused(line, file, "input");
    }
    Arguments line = metrics;
    line.insert(line.end(), {option, photo_});
    expect_refused(line, photo_, "PNG image");
    line.back() = folder_.path();
    EXPECT_EQ(run(line).code, 2);
    line.back() = "/dev/null";
    EXPECT_EQ(run(line).code, 0);
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
  }
  Arguments both = metrics;
  both.insert(both.end(),
              {"--per-image", folder_ / "x", "--save-document-frequency", folder_ / "." / "x"});
  EXPECT_EQ(run(both).code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

/// Linux file names are bytes, but JSON is UTF-8.
TEST_F(Outputs, AreValidJsonForPathsThatAreNotUtf8) {
  const std::string odd = folder_ / "caf\xe9";
  fs::create_directory(odd);
  fs::copy(captions_, odd + "/h.jsonl");
  fs::copy(references_, odd + "/r.jsonl");
  fs::copy(photo_, odd + "/a.png");
  fs::copy(model_, odd + "/model");
  const std::vector<Arguments> commands{
      {"metrics", "--json", "--hypotheses", odd + "/h.jsonl", "--references", odd + "/r.jsonl",
       "--versus", odd + "/h.jsonl"},
      {"evaluate", "--json", "--data", odd, "--format", "jsonl", "--split", "dev", "--model",
       odd + "/model"},
      {"train", "--check", "--json", "--data", odd},
      {"model", "inspect", "--json", odd + "/model"},
      {"caption", "--json", odd + "/a.png", "--model", odd + "/model"},
      {"score", "--json", odd + "/a.png", "--caption", "a dog", "--model", odd + "/model"},
      {"diagnose", "--json", odd + "/a.png", "--caption", "a dog", "--model", odd + "/model"}};
  write_file(odd + "/captions.jsonl",
             "{\"image\":\"a.png\",\"captions\":[\"a dog\"],\"split\":\"dev\"}\n");
  for (const Arguments& line : commands) {
    const ProgramResult result = run(line);
    EXPECT_TRUE(nlohmann::json::accept(result.out)) << line[0] << ": " << result.err;
    EXPECT_THAT(result.out, HasSubstr("caf\xef\xbf\xbd")) << line[0];
  }
  ASSERT_EQ(run({"heatmap", odd + "/a.png", "--output", odd + "/out", "--format", "png,html",
                 "--model", odd + "/model"})
                .code,
            0);
  EXPECT_TRUE(nlohmann::json::accept(read_file(odd + "/out/attention.json")));
  ASSERT_EQ(run(batch(odd + "/a.png", odd + "/out.jsonl")).code, 0);
  EXPECT_TRUE(nlohmann::json::accept(read_file(odd + "/out.jsonl")));
}

/// Every command that reads a damaged image warns with its name; a noisy image gives no warning.
TEST_F(Outputs, ReportADamagedImage) {
  cv::Mat noise(60, 80, CV_8UC3);
  cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 256);
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", noise, bytes);
  bytes.erase(bytes.end() - 600, bytes.end() - 2);
  const fs::path damaged = photographs_ / "damaged.jpg";
  write_file(damaged, std::string(bytes.begin(), bytes.end()));
  const ProgramResult caption = run({"caption", photo_, damaged, "--model", model_});
  EXPECT_EQ(caption.code, 0) << caption.err;
  EXPECT_THAT(caption.err, ::testing::StartsWith("saccade: warning: "));
  EXPECT_THAT(caption.err, HasSubstr(damaged.string()));
  EXPECT_EQ(std::count(caption.err.begin(), caption.err.end(), '\n'), 1) << caption.err;
  ASSERT_EQ(run(batch(photographs_, folder_ / "out.jsonl")).code, 0);
  std::istringstream lines(read_file(folder_ / "out.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    EXPECT_EQ(record.contains("warning"), record.at("image") == damaged.string()) << line;
    EXPECT_TRUE(record.contains("caption")) << line;
  }
}

TEST_F(Outputs, ReportABrokenLink) {
  fs::create_symlink("gone.png", photographs_ / "c.png");
  const ProgramResult result = run(batch(photographs_, "-"));
  EXPECT_EQ(result.code, 3) << result.err;
  EXPECT_THAT(result.out, HasSubstr("is a link to \\\"gone.png\\\", which does not exist"));
}

TEST_F(Outputs, HandleANameWithANewline) {
  const fs::path odd = folder_ / "a\nb,c.png";
  fs::copy(photo_, odd);
  const ProgramResult caption = run({"caption", "--json", odd, "--model", model_});
  ASSERT_EQ(caption.code, 0) << caption.err;
  EXPECT_EQ(nlohmann::json::parse(caption.out).at("image"), odd.string());
  EXPECT_EQ(run({"heatmap", odd, "--output", folder_ / "out", "--model", model_}).code, 0);
  EXPECT_EQ(run(batch(odd, folder_ / "out.jsonl")).code, 0);
  EXPECT_EQ(nlohmann::json::parse(read_file(folder_ / "out.jsonl")).at("image"), odd.string());
}

TEST_F(Outputs, OfPhrasesNeverReplaceItsInputs) {
  const fs::path boxes = folder_ / "boxes.jsonl";
  write_file(boxes, "{\"image\":\"a.png\",\"boxes\":[[\"dog\",0.9,0,0,1,1]]}\n");
  for (const fs::path& file : {boxes, captions_}) {
    expect_refused({"phrases", "--boxes", boxes, "--captions", captions_, "--output", file}, file,
                   "input");
  }
}

TEST_F(Outputs, OfEvaluateNeverReplaceItsInputs) {
  const fs::path data = folder_ / "data.jsonl";
  write_file(data, "{\"image\":\"a.png\",\"captions\":[\"a dog\"],\"split\":\"dev\"}\n");
  const auto evaluate = [&](const fs::path& output) {
    return Arguments{"evaluate", "--data", data,      "--images", photographs_,
                     "--output", output,   "--model", model_};
  };
  expect_refused(evaluate(data), data, "input");
  expect_refused(evaluate(photo_), photo_, "input");
  const ProgramResult result = run(evaluate(folder_ / "absent/out.jsonl"));
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr((folder_ / "absent").string()));
  EXPECT_EQ(run(evaluate(folder_ / "out.jsonl")).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "out.jsonl"));
}

TEST_F(Outputs, OfExplanationsNeverReplaceUserFiles) {
  const fs::path out = folder_ / "out";
  fs::create_directory(out);
  for (const char* name : {"figure.png", "index.html"}) write_file(out / name, "mine");
  const Arguments more{"--output", out, "--model", model_};
  const std::vector<std::pair<Arguments, std::string>> commands{
      {{"heatmap", photo_}, "figure.png"},
      {{"score", photo_, "--caption", "a dog"}, "index.html"},
      {{"diagnose", photo_}, "index.html"},
      {{"diagnose", photographs_}, "index.html"}};
  for (auto [line, name] : commands) {
    line.insert(line.end(), more.begin(), more.end());
    expect_refused(line, out / name, name);
    for (const auto& entry : fs::directory_iterator(out)) {
      EXPECT_EQ(read_file(entry.path()), "mine") << line[0] << ": " << entry.path();
    }
  }
  expect_refused({"heatmap", photo_, "--output", photo_, "--model", model_}, photo_, "file");
}

TEST_F(Outputs, OfImportAndAverageNeverReplaceTheirInputs) {
  const fs::path weights = model_ / "weights.safetensors";
  expect_refused(
      {"model", "import-encoder", weights, "--architecture", "vgg16", "--output", weights}, weights,
      "input");
  expect_refused({"model", "average", model_, model_, "--output", model_}, weights, "input");
}

TEST_F(Outputs, OfAverageReplaceOnlyBundles) {
  const fs::path out = folder_ / "settings";
  fs::create_directory(out);
  write_file(out / "config.json", "{\"mine\":1}");
  const ProgramResult result = run({"model", "average", model_, model_, "--output", out});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(read_file(out / "config.json"), "{\"mine\":1}");
  for (int times = 0; times < 2; ++times) {
    EXPECT_EQ(run({"model", "average", model_, model_, "--output", folder_ / "mean"}).code, 0);
  }
}

}  // namespace
}  // namespace saccade
