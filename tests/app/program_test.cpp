// Runs caption, heatmap, train and evaluate, and features of all commands, from the command line.

#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/caption/calibration.h"
#include "saccade/model/bundle/bundle.h"
#include "saccade/model/checkpoint/encoder_import.h"

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using test::read_file;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

class Program : public ::testing::Test {
 protected:
  ProgramResult run(const Arguments& arguments) const {
    return test::run_program(folder_.path(), arguments);
  }
  test::TemporaryFolder folder_;
};

TEST_F(Program, PrintsHelpForEveryCommand) {
  const ProgramResult help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* command : {"caption", "batch", "merge", "heatmap", "score", "diagnose", "train",
                              "evaluate", "metrics", "doctor"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const ProgramResult own = run({command, "--help"});
    EXPECT_EQ(own.code, 0) << command;
    EXPECT_THAT(own.out,
                AllOf(HasSubstr(std::string("saccade ") + command), HasSubstr("Example:")));
    EXPECT_EQ(own.err, "") << command;
  }
}

TEST_F(Program, ExitsWithTwoForWrongUsage) {
  for (const Arguments& line : std::vector<Arguments>{{},
                                                      {"captoin"},
                                                      {"caption"},
                                                      {"caption", "a.jpg", "--bream", "3"},
                                                      {"caption", "a.jpg", "--beam", "many"},
                                                      {"heatmap", "a.jpg"},
                                                      {"train"},
                                                      {"evaluate"}}) {
    const ProgramResult result = run(line);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err, "");
  }
}

TEST_F(Program, NamesAMissingModel) {
  write_file(folder_ / "a.jpg", "");
  const ProgramResult result = run({"caption", folder_ / "a.jpg", "--model", folder_ / "none"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("none"), HasSubstr("no such folder")));
}

/// A model with random weights and two images.
class ProgramWithModel : public Program {
 protected:
  ProgramWithModel() {
    save_bundle(model_, test::tiny_bundle(), Storage::fp32, "# Random weights\n");
    cv::imwrite(wide_, cv::Mat(40, 90, CV_8UC3, cv::Scalar(0, 80, 255)));
    cv::imwrite(tall_, cv::Mat(70, 30, CV_8UC3, cv::Scalar(200, 80, 0)));
  }
  ProgramResult run_model(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--model", model_, "--threads", "1"});
    return run(arguments);
  }
  const std::string model_ = folder_ / "model";
  const std::string wide_ = folder_ / "wide.png", tall_ = folder_ / "tall, very.jpg";
};

TEST_F(ProgramWithModel, PrintsOnlyTheCaption) {
  const ProgramResult result = run_model({"caption", wide_});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
  EXPECT_EQ(result.out.find('\t'), std::string::npos);
  EXPECT_EQ(result.err, "");
}

TEST_F(ProgramWithModel, PrintsPathTabCaptionForSeveralImages) {
  const ProgramResult result = run_model({"caption", wide_, tall_});
  EXPECT_EQ(result.code, 0) << result.err;
  std::istringstream lines(result.out);
  std::string first, second;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_THAT(first, StartsWith(wide_ + "\t"));
  EXPECT_THAT(second, StartsWith(tall_ + "\t"));
}

TEST_F(ProgramWithModel, PrintsEveryWordAsJson) {
  const ProgramResult result =
      run_model({"caption", "--json", "--beam", "3", "--n-best", "2", "--max-length", "6", wide_});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("image"), wide_);
  EXPECT_EQ(json.at("n_best").size(), 2U);
  EXPECT_EQ(json.at("n_best")[0].at("caption"), json.at("caption"));
  EXPECT_GE(json.at("n_best")[0].at("score"), json.at("n_best")[1].at("score"));
  std::string text;
  double log_prob = 0;
  for (const auto& word : json.at("words")) {
    text += (text.empty() ? "" : " ") + word.at("word").get<std::string>();
    const double p = word.at("p");
    EXPECT_GT(p, 0);
    EXPECT_LE(p, 1);
    log_prob += std::log(p);
    EXPECT_GE(word.at("gate"), 0);
    EXPECT_LE(word.at("gate"), 1);
    EXPECT_GE(word.at("entropy"), 0);
    // The top five, and the chosen word if it is not among them.
    ASSERT_GE(word.at("alternatives").size(), 5U);
    ASSERT_LE(word.at("alternatives").size(), 6U);
    EXPECT_GE(word.at("alternatives")[0].at("p"), word.at("alternatives")[1].at("p"));
  }
  EXPECT_EQ(text, json.at("caption"));
  EXPECT_LE(json.at("log_prob"), log_prob + 1e-4);
}

TEST_F(ProgramWithModel, PrintsUnsureBelowTheMinimumConfidence) {
  const ProgramResult unknown = run_model({"caption", "--json", wide_});
  ASSERT_EQ(unknown.code, 0) << unknown.err;
  EXPECT_TRUE(nlohmann::json::parse(unknown.out).at("confidence").is_null());
  const ProgramResult refused = run_model({"caption", "--min-confidence", "0.5", wide_});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("has no calibration"), HasSubstr("model calibrate")));

  const Bundle bundle = load_bundle(folder_ / "model");
  const std::size_t D = std::size_t(bundle.config.decoder.features), F = sign_names().size();
  Calibration calibration;
  calibration.temperature = 2;
  calibration.pooled_mean.assign(D, 0);
  calibration.pooled_deviation.assign(D, 1);
  calibration.acceptable = {std::vector<double>(F, 0), std::vector<double>(F, 1),
                            std::vector<double>(F, 0), 0};  // 0.5, whatever the caption
  save_calibration(folder_ / "model", calibration);
  const ProgramResult sure = run_model({"caption", "--min-confidence", "0.5", wide_});
  EXPECT_EQ(sure.code, 0) << sure.err;
  EXPECT_EQ(sure.out, run_model({"caption", wide_}).out);
  const ProgramResult unsure = run_model({"caption", "--min-confidence", "0.6", wide_});
  EXPECT_EQ(unsure.code, 0) << unsure.err;
  EXPECT_EQ(unsure.out, "unsure\n");
  const auto json =
      nlohmann::json::parse(run_model({"caption", "--json", "--min-confidence", "0.6", wide_}).out);
  EXPECT_EQ(json,
            (nlohmann::json{
                {"image", wide_}, {"caption", nullptr}, {"unsure", true}, {"confidence", 0.5}}));
  EXPECT_EQ(run_model({"caption", "--min-confidence", "1.1", wide_}).code, 2);
}

TEST_F(ProgramWithModel, ContinuesAfterAnUnreadableImage) {
  write_file(folder_ / "broken.jpg", "not an image");
  const ProgramResult result = run_model({"caption", folder_ / "broken.jpg", wide_});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(run_model({"caption", "--allow-errors", folder_ / "broken.jpg", wide_}).code, 0);
  EXPECT_EQ(run_model({"caption", "--allow-errors", folder_ / "broken.jpg"}).code, 1);
  EXPECT_THAT(result.out, StartsWith(wide_ + "\t"));
  EXPECT_THAT(result.err, HasSubstr("broken.jpg"));
}

TEST_F(ProgramWithModel, WritesTheFigureAnImagePerWordAndTheMaps) {
  const fs::path out = folder_ / "deep" / "out";
  const ProgramResult result = run_model({"heatmap", wide_, "--output", out});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_FALSE(cv::imread(out / "figure.png").empty());
  const auto json = nlohmann::json::parse(read_file(out / "attention.json"));
  const std::size_t rows = json.at("grid").at("rows"), cols = json.at("grid").at("cols");
  const std::size_t words = json.at("words").size();
  ASSERT_EQ(json.at("alphas").size(), words);
  for (const auto& map : json.at("alphas")) {
    ASSERT_EQ(map.size(), rows);
    double sum = 0;
    for (const auto& row : map) {
      ASSERT_EQ(row.size(), cols);
      for (const double alpha : row) sum += alpha;
    }
    EXPECT_NEAR(sum, 1, 1e-4);
  }
  std::size_t pictures = 0;
  for (const auto& entry : fs::directory_iterator(out / "words")) {
    EXPECT_EQ(cv::imread(entry.path().string()).size(), cv::Size(90, 40));
    ++pictures;
  }
  EXPECT_EQ(pictures, words);
}

TEST_F(ProgramWithModel, WritesTheRequestedFormats) {
  const fs::path out = folder_ / "out";
  const ProgramResult result =
      run_model({"heatmap", wide_, "--output", out, "--format", "html,gif,jpeg", "--contour"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(read_file(out / "index.html"), HasSubstr("wide.png"));
  EXPECT_THAT(read_file(out / "words.gif"), StartsWith("GIF89a"));
  EXPECT_FALSE(cv::imread(out / "figure.jpg").empty());
  EXPECT_FALSE(fs::exists(out / "figure.png"));
}

TEST_F(ProgramWithModel, ShowsSampledCellsAndRolloutCounts) {
  const auto run_seed = [&](const std::string& seed) {
    const fs::path out = folder_ / ("seed" + seed);
    const ProgramResult result =
        run_model({"heatmap", wide_, "--output", out, "--glimpse", "sampled", "--rollouts", "50",
                   "--min-length", "2", "--seed", seed});
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(read_file(out / "attention.json"));
  };
  const auto json = run_seed("3");
  EXPECT_EQ(json.at("rollouts").at("count"), 50);
  for (const auto& map : json.at("rollouts").at("cells")) {
    int sum = 0;
    for (const auto& row : map) {
      for (const int times : row) sum += times;
    }
    EXPECT_EQ(sum, 50);
  }
  for (const auto& word : json.at("words")) EXPECT_GE(word.at("cell"), 0);
  EXPECT_EQ(run_seed("3"), json);
  EXPECT_NE(run_seed("4"), json);
}

TEST_F(ProgramWithModel, RejectsUnknownFormatsAndAttentionModes) {
  for (const Arguments& more :
       std::vector<Arguments>{{"--format", "tiff"}, {"--format", ""}, {"--glimpse", "hard"}}) {
    Arguments line{"heatmap", wide_, "--output", folder_ / "out"};
    line.insert(line.end(), more.begin(), more.end());
    const ProgramResult result = run_model(line);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr("expected one of"));
    EXPECT_FALSE(fs::exists(folder_ / "out"));
  }
}

TEST_F(ProgramWithModel, ReportsAFolderThatCannotBeCreated) {
  write_file(folder_ / "file", "");
  const ProgramResult result = run_model({"heatmap", wide_, "--output", folder_ / "file" / "x"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("file/x"));
}

/// A data set in Flickr8k format, and the weights of a small encoder.
class ProgramWithData : public Program {
 protected:
  ProgramWithData() {
    fs::create_directories(data_ / "images");
    std::string tokens;
    for (const std::string name : {"a.jpg", "b.jpg"}) {
      cv::imwrite(data_ / "images" / name, cv::Mat(32, 32, CV_8UC3, cv::Scalar(0, name[0], 90)));
      tokens += name + "#0\tA dog runs .\n" + name + "#1\tThe dog is running .\n";
    }
    write_file(data_ / "Flickr8k.token.txt", tokens + "z.jpg.1#0\tnobody\n");
    write_file(data_ / "Flickr_8k.trainImages.txt", "a.jpg\nb.jpg\n");
    write_file(data_ / "Flickr_8k.devImages.txt", "b.jpg\n");
    EncoderConfig config;
    config.layer = "features.2";
    save_encoder(folder_ / "encoder.safetensors", Encoder(config));
    write_file(folder_ / "decoder.json",
               R"({"projection": 8, "embedding": 8, "hidden": 8, "attention": 4})");
  }
  ProgramResult train(Arguments more) const {
    more.insert(more.begin(),
                {"train", "--data", data_, "--encoder", folder_ / "encoder.safetensors", "--layer",
                 "features.2", "--decoder", folder_ / "decoder.json", "--output", folder_ / "run",
                 "--threads", "1"});
    return run(more);
  }
  const fs::path data_ = folder_ / "data";
};

TEST_F(ProgramWithData, TrainsABundleThatEvaluateScores) {
  const ProgramResult trained = train({"--set", "epochs=1", "--set", "min_count=1"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, AllOf(HasSubstr("z.jpg.1"), HasSubstr("BLEU-4")));
  const std::string best = folder_ / "run" / "best";
  EXPECT_EQ(trained.out, best + "\n");
  EXPECT_EQ(run({"model", "verify", best}).code, 0);
  const ProgramResult scored =
      run({"evaluate", "--data", data_, "--split", "dev", "--model", best, "--json", "--no-meteor",
           "--output", folder_ / "captions.jsonl"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const auto report = nlohmann::json::parse(scored.out);
  EXPECT_EQ(report.at("count"), 1);
  EXPECT_EQ(report.at("bleu").size(), 4U);
  EXPECT_THAT(report.at("settings").at("decoding").get<std::string>(), HasSubstr("beam 3"));
  EXPECT_EQ(nlohmann::json::parse(read_file(folder_ / "captions.jsonl")).at("image"), "b.jpg");
}

TEST_F(ProgramWithData, NamesAMissingSplit) {
  const ProgramResult result = run({"evaluate", "--data", data_, "--split", "test"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("testImages.txt"));
}

}  // namespace
}  // namespace saccade
