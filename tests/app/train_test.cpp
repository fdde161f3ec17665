// Runs `saccade train` from the command line: settings, data check, runs, curves.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/model/bundle/bundle.h"
#include "saccade/training/training_config.h"

#include "model/tiny_bundle.h"
#include "run_program.h"
#include "temporary_folder.h"
#include "text/made_up_wordnet.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using test::read_file;
using test::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Arguments = std::vector<std::string>;

class ProgramTrain : public ::testing::Test {
 protected:
  ProgramResult train(Arguments arguments) const {
    arguments.insert(arguments.begin(), "train");
    return test::run_program(folder_.path(), arguments);
  }
  std::string config(const std::string& text) const {
    write_file(folder_ / "config.json", text);
    return folder_ / "config.json";
  }
  /// A data set with one training and one validation image.
  std::string data(const std::string& dev_image = "b.png") const {
    for (int i = 0; i < 2; ++i) {
      cv::imwrite(folder_ / (i == 0 ? "a.png" : "b.png"),
                  cv::Mat(32, 32, CV_8UC3, cv::Scalar(40 * i, 80, 160)));
    }
    write_file(folder_ / "data.csv",
               "image,caption,split\na.png,A dog runs,train\n" + dev_image + ",A dog,val\n");
    return folder_ / "data.csv";
  }
  test::TemporaryFolder folder_;
};

TEST_F(ProgramTrain, ListsEverySettingWithItsMeaning) {
  const ProgramResult result =
      train({"--settings", "--config", config("{\"epochs\": 3, // few\n \"ema\": 0.5}"), "--set",
             "ema=0.25", "--set", "coverage_target=one"});
  ASSERT_EQ(result.code, 0) << result.err;
  std::istringstream lines(result.out);
  const auto settings = to_json(TrainingConfig{});
  std::map<std::string, std::string> values;
  for (const auto& item : settings.items()) {
    std::string line, name, value, meaning;
    std::getline(lines, line);
    std::istringstream words(line);
    words >> name >> value;
    std::getline(words, meaning);
    EXPECT_EQ(name, item.key());
    EXPECT_GT(meaning.size(), 10U) << name << " lacks a meaning in training_config.cpp";
    values[name] = value;
  }
  EXPECT_EQ(values["epochs"], "3");
  EXPECT_EQ(values["ema"], "0.25") << "--set overrides --config";
  EXPECT_EQ(values["coverage_target"], "\"one\"") << "text needs no quotes";
  EXPECT_EQ(values["dropout"], "0.5");
}

TEST_F(ProgramTrain, NamesFileAndLineOfAnInvalidSetting) {
  const auto refusal = [&](const std::string& text) {
    const ProgramResult result = train({"--settings", "--config", config(text)});
    EXPECT_EQ(result.code, 1);
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(refusal("{\n \"epochs\": 3,\n \"droput\": 0.1}"),
              AllOf(HasSubstr("config.json, line 3: "), HasSubstr("unknown key \"droput\""),
                    HasSubstr("did you mean \"dropout\"?"), HasSubstr("--settings")));
  EXPECT_THAT(refusal("{\n \"epochs\": \"3\"}"),
              AllOf(HasSubstr("line 2: "), HasSubstr("expected a whole number"),
                    Not(HasSubstr("did you mean"))));
  EXPECT_THAT(refusal("{\"seed\": \"epochs\",\n\n \"epochs\": 0}"),
              AllOf(HasSubstr("line 3: "), HasSubstr("epochs is 0")));
  EXPECT_THAT(refusal("{\"epochs\": 3,\n \"ema\": 0.5,,}"),
              AllOf(HasSubstr("config.json, line 2: is not JSON")));
  EXPECT_THAT(refusal("{\"ema\": 0.1, \"ema\": 0.5}"), HasSubstr("duplicate setting \"ema\""));
  EXPECT_THAT(refusal("[1]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(refusal(" "), HasSubstr("config.json: is empty"));
}

TEST_F(ProgramTrain, ReportsAnInvalidSetAsWrongUsage) {
  const ProgramResult unknown = train({"--settings", "--set", "epoch=1"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err,
              AllOf(HasSubstr("--set epoch=1: "), HasSubstr("did you mean \"epochs\"?")));
  EXPECT_EQ(train({"--settings", "--set", "epochs"}).code, 2);
  EXPECT_EQ(train({"--settings", "--set", "epochs=many"}).code, 2);
  EXPECT_EQ(train({"--settings", "--config", config("{\"epochs\": 0}"), "--set", "epochs=2"}).code,
            0)
      << "a setting that --set overrides is not checked";
}

TEST_F(ProgramTrain, ChecksDataAndReportsWhetherTrainingCanStart) {
  const ProgramResult good = train({"--check", "--data", data(), "--set", "min_count=1"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("Training can start."));
  const ProgramResult bad =
      train({"--check", "--json", "--data", data("none.png"), "--set", "min_count=1"});
  EXPECT_EQ(bad.code, 1);
  const auto report = nlohmann::json::parse(bad.out);
  EXPECT_EQ(report.at("splits").at("dev").at("absent"), 1);
  EXPECT_EQ(report.at("obstacles").size(), 1U);
  EXPECT_THAT(report.at("obstacles")[0].get<std::string>(), HasSubstr("data.csv, line 3"));
  EXPECT_FALSE(fs::exists(folder_ / "none.png"));
}

TEST_F(ProgramTrain, RejectsUnusableDataBeforeWritingAnything) {
  save_bundle(folder_ / "model", test::tiny_bundle(), Storage::fp32, "# Random weights\n");
  const auto refusal = [&](const Arguments& more) {
    Arguments arguments{"--start",       folder_ / "model", "--output",
                        folder_ / "run", "--threads",       "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramResult result = train(arguments);
    EXPECT_NE(result.code, 0);
    EXPECT_FALSE(fs::exists(folder_ / "run"));
    return result.err;
  };
  EXPECT_THAT(refusal({"--data", data("none.png")}),
              AllOf(HasSubstr("data.csv, line 3: "), HasSubstr("none.png does not exist")));
  EXPECT_THAT(refusal({"--data", folder_ / "nowhere"}), HasSubstr("nowhere: no such file"));
  EXPECT_THAT(refusal({"--data", data(), "--format", "xml"}), HasSubstr("karpathy"));
  EXPECT_THAT(refusal({"--data", data(), "--images", folder_ / "none"}),
              HasSubstr("no such image folder"));
  data("broken.jpg");
  write_file(folder_ / "broken.jpg", "not an image");
  EXPECT_THAT(refusal({"--data", folder_ / "data.csv"}),
              AllOf(HasSubstr("data.csv, line 3: "), HasSubstr("broken.jpg")));
  write_file(folder_ / "half.csv", "image,caption,split\na.png,A dog,train\n");
  EXPECT_THAT(refusal({"--data", folder_ / "half.csv"}), HasSubstr("split \"dev\""));
}

TEST_F(ProgramTrain, TrainsOnSeveralDataSetsAndScoresEach) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  const std::string first = data();
  write_file(folder_ / "more.csv",
             "image,caption,split\nb.png,A dog sleeps,train\na.png,A dog,val\n");
  const auto train_with = [&](const Arguments& more) {
    Arguments arguments{
        "--data",   first,           "--data", folder_ / "more.csv", "--start",   folder_ / "start",
        "--output", folder_ / "run", "--set",  "epochs=1",           "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  };
  const ProgramResult few = train_with({"--share", "0.5"});
  EXPECT_EQ(few.code, 2);
  EXPECT_THAT(few.err, HasSubstr("--share is given 1 times and --data 2 times"));
  EXPECT_EQ(train_with({"--share", "1", "--share", "-1"}).code, 2);
  const ProgramResult trained = train_with(
      {"--share", "1", "--share", "3", "--validation-weight", "1", "--validation-weight", "0"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, AllOf(HasSubstr("dev, free-running, mean: "),
                                 HasSubstr("data.csv: BLEU-4"), HasSubstr("more.csv: BLEU-4")));
  const auto provenance =
      nlohmann::json::parse(read_file(folder_ / "run" / "best" / "config.json")).at("provenance");
  EXPECT_EQ(provenance.at("data")[1], "more.csv (CSV), split train, 1 images, share 3");
  EXPECT_EQ(provenance.at("dev").at("splits").size(), 2U);
  EXPECT_EQ(provenance.at("dev").at("splits").at("data.csv").at("cider"),
            provenance.at("dev").at("cider"));
}

TEST_F(ProgramTrain, HoldsOutADevSplitAndRecordsItForLaterCommands) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  const fs::path set = folder_ / "set";
  fs::create_directories(set);
  std::string lines;
  for (int i = 0; i < 8; ++i) {
    const std::string name = std::to_string(i) + ".png";
    cv::imwrite(set / name, cv::Mat(32, 32, CV_8UC3, cv::Scalar(30 * i, 80, 160)));
    lines += R"({"file_name":")" + name + R"(","text":"A dog runs"})" + "\n";
  }
  write_file(set / "metadata.jsonl", lines);
  const auto train_with = [&](const fs::path& start, const fs::path& run, const Arguments& more) {
    Arguments arguments{"--data", set,     "--start",  start,       "--output",
                        run,      "--set", "epochs=1", "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  };
  const ProgramResult none = train_with(folder_ / "start", folder_ / "run", {});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, AllOf(HasSubstr("set: has no splits"), HasSubstr("--holdout 0.1")));
  const ProgramResult checked = train({"--check", "--json", "--data", set, "--set", "min_count=1"});
  EXPECT_EQ(nlohmann::json::parse(checked.out).at("obstacles").size(), 1U);

  const fs::path run = folder_ / "run", best = run / "best";
  const ProgramResult trained =
      train_with(folder_ / "start", run, {"--holdout", "0.4", "--holdout-seed", "5"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::size_t told = trained.err.find("set: ");
  ASSERT_NE(told, std::string::npos) << trained.err;
  const std::string report = trained.err.substr(told, trained.err.find('\n', told) - told);
  EXPECT_THAT(report, HasSubstr(" of 8 images are held out as the dev split (share 0.4, seed 5)"));
  EXPECT_EQ(nlohmann::json::parse(read_file(best / "config.json")).at("provenance").at("holdout"),
            (nlohmann::json{{"share", 0.4}, {"seed", 5}}));

  const Arguments evaluate{"evaluate", "--data", set, "--model", best, "--no-meteor"};
  const ProgramResult evaluated = test::run_program(folder_.path(), evaluate);
  EXPECT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_THAT(evaluated.err, HasSubstr(report)) << "the dev split of the training";
  const ProgramResult foreign = test::run_program(
      folder_.path(), {"evaluate", "--data", set, "--model", folder_ / "start", "--no-meteor"});
  EXPECT_EQ(foreign.code, 1);
  EXPECT_THAT(foreign.err, HasSubstr("has no splits"));

  const ProgramResult tuned = train_with(best, folder_ / "tuned", {});
  ASSERT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_THAT(tuned.err, HasSubstr(report)) << "--start keeps the split";
  EXPECT_THAT(read_file(folder_ / "tuned" / "best" / "config.json"), HasSubstr("\"holdout\""));
  EXPECT_THAT(train_with(best, folder_ / "other", {"--holdout", "0.4"}).err,
              HasSubstr("was trained with --holdout 0.4 --holdout-seed 5"));
  const ProgramResult needless = train({"--check", "--data", data(), "--holdout", "0.4"});
  EXPECT_EQ(needless.code, 2);
  EXPECT_THAT(needless.err, HasSubstr("has a dev split already"));
  write_file(folder_ / "test.jsonl", R"({"image":"a.png","split":"test","captions":["A dog"]})");
  const ProgramResult only_test =
      train({"--check", "--data", folder_ / "test.jsonl", "--holdout", "0.4"});
  EXPECT_EQ(only_test.code, 2);
  EXPECT_THAT(only_test.err, HasSubstr("has no image with captions that is of the training split"));
}

TEST_F(ProgramTrain, ValidatesWithTheDecodingOfTheBundleOrTheOptions) {
  Bundle start = test::tiny_bundle();
  start.decoding = {{"beam", 2}, {"length_penalty", 0.7}, {"no_repeat_ngram", 2}};
  save_bundle(folder_ / "start", start, Storage::fp16, "# Random weights\n");
  const ProgramResult trained =
      train({"--data", data(), "--start", folder_ / "start", "--output", folder_ / "run", "--set",
             "epochs=1", "--threads", "1", "--beam", "4", "--repeat-penalty", "1.5"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_EQ(
      load_bundle(folder_ / "run" / "best").decoding,
      (nlohmann::json{
          {"beam", 4}, {"length_penalty", 0.7}, {"no_repeat_ngram", 2}, {"repeat_penalty", 1.5}}));
}

TEST_F(ProgramTrain, SetsTheSizeAndTheFitOfTheInput) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  const auto train_with = [&](const Arguments& more) {
    Arguments arguments{"--data",        data(),  "--start",  folder_ / "start", "--output",
                        folder_ / "run", "--set", "epochs=1", "--threads",       "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  };
  const ProgramResult small = train_with({"--input-size", "0"});
  EXPECT_EQ(small.code, 2);
  EXPECT_THAT(small.err, HasSubstr("option --input-size is 0, expected a value from 1 to 4096"));
  const ProgramResult unknown = train_with({"--fit", "stretch"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("expected one of squash, center_crop, pad"));
  const ProgramResult trained = train_with({"--input-size", "64", "--fit", "pad"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const auto input =
      nlohmann::json::parse(read_file(folder_ / "run" / "best" / "config.json")).at("input");
  EXPECT_EQ(input.at("size"), 64);
  EXPECT_EQ(input.at("fit"), "pad");
  const ProgramResult other = train_with({"--resume"});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("another model (/input/fit was \"pad\" and is "));
}

TEST_F(ProgramTrain, SupervisesAttentionWithTheBoxesOfPhrases) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  const auto train_with = [&](const std::string& line) {
    write_file(folder_ / "phrases.jsonl", line);
    return train({"--data", data(), "--start", folder_ / "start", "--output", folder_ / "run",
                  "--set", "epochs=1", "--threads", "1", "--phrases", folder_ / "phrases.jsonl"});
  };
  const ProgramResult other = train_with(R"({"image":"z.png","caption":0,"phrases":[]})");
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("phrases.jsonl: none of its 1 lines matches a caption"));
  EXPECT_FALSE(fs::exists(folder_ / "run"));
  const std::string dog = R"("phrases":[{"first":0,"words":2,"boxes":[[0,0,0.5,1]]}]})";
  const ProgramResult trained = train_with(R"({"image":"a.png","caption":0,)" + dog + "\n" +
                                           R"({"image":"b.png","caption":0,)" + dog + "\n");
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("  peak in box "));
  EXPECT_THAT(read_file(folder_ / "run" / "train.jsonl"),
              AllOf(HasSubstr("\"attention_supervision\":"), HasSubstr("\"dev_peak_in_box\":")));
  EXPECT_THAT(read_file(folder_ / "run" / "best" / "config.json"),
              HasSubstr("phrases.jsonl, 1 captions"));
}

TEST_F(ProgramTrain, ResumesAfterBeingKilledRepeatedly) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  const fs::path run = folder_ / "run";
  Arguments command{"train",           "--data",    data(), "--start",
                    folder_ / "start", "--output",  run,    "--set",
                    "epochs=120",      "--threads", "1"};
  const fs::path progress = run / "checkpoint" / "progress.json";
  const auto saved = [&] {
    std::error_code none;  // between two renames there is no checkpoint
    return fs::last_write_time(progress, none);
  };
  for (int times = 0; times < 3; ++times) {
    test::RunningProgram killed(folder_.path(), command);
    const auto before = saved();
    for (int i = 0; i < 6000 && saved() == before; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_NE(saved(), before) << "no checkpoint within a minute: " << killed.err();
    std::this_thread::sleep_for(std::chrono::milliseconds(37 * times));
    killed.send(SIGKILL);
    killed.wait();
    if (times == 0) command.push_back("--resume");
  }
  test::RunningProgram last(folder_.path(), command);
  ASSERT_EQ(last.wait(), 0) << last.err();
  std::istringstream log(read_file(run / "train.jsonl"));
  std::vector<int> steps;
  for (std::string line; std::getline(log, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("words")) steps.push_back(json.at("step"));
  }
  std::vector<int> expected(120);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(steps, expected);
  EXPECT_EQ(test::run_program(folder_.path(), {"model", "verify", run / "best"}).code, 0);
}

TEST_F(ProgramTrain, PlotsTheCurvesOfARun) {
  const ProgramResult none = train({"--curves", folder_.path()});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("train.jsonl: no such log"));
  write_file(folder_ / "train.jsonl", "{\"step\":0,\"loss\":5.0}\n{\"step\":9,\"loss\":1.0}\n");
  const ProgramResult curves = train({"--curves", folder_.path()});
  EXPECT_EQ(curves.code, 0) << curves.err;
  EXPECT_EQ(curves.out, (folder_ / "curves.png").string() + "\n");
  EXPECT_FALSE(cv::imread(folder_ / "curves.png").empty());
}

TEST_F(ProgramTrain, LearnsFromLabels) {
  save_bundle(folder_ / "start", test::tiny_bundle(), Storage::fp16, "# Random weights\n");
  test::write_part(folder_, "noun", {{{"dog"}, 5, ""}, {{"wolf"}, 5, ""}}, "");
  test::write_part(folder_, "adj", {}, "");
  const std::string captions = data();
  for (const char* name : {"c.png", "d.png"}) {
    cv::imwrite(folder_ / name, cv::Mat(32, 32, CV_8UC3, cv::Scalar(200, 80, 160)));
  }
  const auto train_with = [&](const std::string& lines, const Arguments& more) {
    write_file(folder_ / "labels.jsonl", lines);
    Arguments arguments{
        "--data",    captions, "--data",    folder_ / "labels.jsonl", "--share",  "1",
        "--share",   "1",      "--start",   folder_ / "start",        "--output", folder_ / "run",
        "--threads", "1",      "--wordnet", folder_.path(),           "--set",    "epochs=1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  };
  const std::string good = R"({"image":"c.png","split":"train","labels":["dog"]})"
                           "\n"
                           R"({"image":"d.png","split":"train","labels":["wolf"]})"
                           "\n";
  EXPECT_THAT(train_with("{\"image\":\"c.png\",\"labels\":\"dog\"}\n", {}).err,
              AllOf(HasSubstr("no image of the split \"train\""), HasSubstr("malformed labels")));
  EXPECT_THAT(train_with(R"({"image":"x.png","split":"train","labels":["dog"]})", {}).err,
              AllOf(HasSubstr("labels.jsonl, line 1: "), HasSubstr("x.png does not exist")));
  EXPECT_THAT(train_with(good, {"--set", "label_phrases=false"}).err,
              HasSubstr("images with labels teach nothing"));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "best"));
  const ProgramResult trained =
      train_with(good, {"--set", "label_presence_weight=0.5", "--set", "batch_images=2"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err,
              HasSubstr("1 of 2 labels have no word in the vocabulary, and 1 images with no other "
                        "label are left out: wolf (1)"));
  EXPECT_THAT(read_file(folder_ / "run" / "train.jsonl"),
              AllOf(HasSubstr("\"label_phrases\":"), HasSubstr("\"label_presence\":")));
  const auto provenance =
      nlohmann::json::parse(read_file(folder_ / "run" / "best" / "config.json")).at("provenance");
  EXPECT_EQ(provenance.at("data")[1],
            "labels.jsonl (JSONL), split train, 1 images with captions or labels, share 1");
}

}  // namespace
}  // namespace saccade
