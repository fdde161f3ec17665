// Runs score, diagnose, model health, fit-verdicts and calibrate from the command line.

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "explain/small_captioner.h"
#include "run_program.h"
#include "temporary_folder.h"

namespace saccade {
namespace {

using test::ProgramResult;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

class ExplainingProgram : public ::testing::Test {
 protected:
  ExplainingProgram() {
    save_bundle(model_, test::small_bundle(), Storage::fp32, "# Random weights\n");
    cv::Mat image(48, 64, CV_8UC3, cv::Scalar(20, 90, 200));
    image.colRange(32, 64).setTo(cv::Scalar(220, 40, 10));
    cv::imwrite(photo_, image);
  }
  ProgramResult run(const Arguments& arguments) const {
    return test::run_program(folder_.path(), arguments);
  }
  ProgramResult run_model(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--model", model_, "--threads", "1"});
    return run(arguments);
  }
  /// A Flickr8k folder with the same `images` images in every split.
  std::string flickr(int images) const {
    const std::string data = folder_ / "flickr";
    std::filesystem::create_directories(data + "/images");
    std::string list, tokens;
    for (int i = 0; i < images; ++i) {
      const std::string name = std::to_string(i) + ".jpg";
      cv::imwrite(data + "/images/" + name, cv::Mat(20, 20, CV_8UC3, cv::Scalar(9 * i, 99, 200)));
      list += name + "\n";
      tokens += name + "#0\tA red dog sits\n";
      tokens += name + "#1\tThe dog runs\n";
    }
    for (const char* split : {"train", "dev", "test"}) {
      test::write_file(data + "/Flickr_8k." + split + "Images.txt", list);
    }
    test::write_file(data + "/Flickr8k.token.txt", tokens);
    return data;
  }

  test::TemporaryFolder folder_;
  const std::string model_ = folder_ / "model";
  const std::string photo_ = folder_ / "photo.png";
};

TEST_F(ExplainingProgram, ScoresASentenceAsTheSumOfItsWords) {
  const auto result = run_model({"score", photo_, "--caption", "A dog sits on Xanadu", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("caption"), "a dog sits on xanadu");
  EXPECT_EQ(json.at("map"), "alpha");
  double sum = 0;
  for (const auto& word : json.at("words")) {
    sum += word.at("log_p").get<double>();
    EXPECT_EQ(word.at("known"), word.at("word") != "xanadu");
    EXPECT_EQ(word.at("map").size(),
              json["grid"]["rows"].get<std::size_t>() * json["grid"]["cols"].get<std::size_t>());
  }
  EXPECT_LT(json.at("log_prob").get<double>(), sum) << "the end has a log p of its own";
  EXPECT_THAT(run_model({"score", photo_, "--caption", "a xanadu"}).out,
              HasSubstr("not in the vocabulary"));
}

TEST_F(ExplainingProgram, ScoresTheModelsOwnCaptionLikeItsSearch) {
  const auto captioned =
      nlohmann::json::parse(run_model({"caption", photo_, "--json", "--max-length", "6"}).out);
  const std::string text = captioned.at("caption");
  const auto scored =
      nlohmann::json::parse(run_model({"score", photo_, "--caption", text, "--json"}).out);
  ASSERT_EQ(scored.at("words").size(), captioned.at("words").size());
  for (std::size_t t = 0; t < scored["words"].size(); ++t) {
    EXPECT_EQ(scored["words"][t].at("word"), captioned["words"][t].at("word"));
    EXPECT_NEAR(scored["words"][t].at("log_p").get<double>(),
                std::log(captioned["words"][t].at("p").get<double>()), 1e-4);
  }
}

TEST_F(ExplainingProgram, RejectsSentencesThatCannotBeScored) {
  std::string long_one;
  for (int i = 0; i < 200; ++i) long_one += "dog ";
  for (const char* command : {"score", "diagnose"}) {
    const auto refuse = [&](const std::string& caption, const std::string& because) {
      const auto result = run_model({command, photo_, "--caption", caption});
      EXPECT_EQ(result.code, 2) << command;
      EXPECT_EQ(result.out, "");
      EXPECT_THAT(result.err, HasSubstr(because));
      EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    };
    refuse("", "holds no word");
    refuse(" ...", "holds no word");
    refuse(long_one, "200 words");
    refuse("狗 在 草地 上 跑", "none of the caption's");
    refuse("dog \xff", "UTF-8");
  }
  EXPECT_EQ(run_model({"score", photo_}).code, 2);
  EXPECT_EQ(run_model({"score", "--caption", "a dog"}).code, 2);
  EXPECT_EQ(run_model({"score", photo_, "--caption", "a dog", "--map", "beta"}).code, 2);
  EXPECT_EQ(run_model({"score", folder_ / "none.png", "--caption", "a dog"}).code, 1);
}

TEST_F(ExplainingProgram, DiagnosesEveryContentWord) {
  const auto result = run_model({"diagnose", photo_, "--caption", "a red dog sits on a zebra",
                                 "--json", "--instead-of", "dog=cat", "--map", "occlusion"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("fitted"), false);
  ASSERT_EQ(json.at("words").size(), 7U);
  for (const auto& word : json["words"]) {
    const std::string text = word.at("word");
    EXPECT_TRUE(word.at("log_p").is_number());
    EXPECT_EQ(word.at("known"), text != "zebra");
    const bool analyzed = text == "red" || text == "dog" || text == "sits";
    EXPECT_EQ(word.at("verdict").is_string(), analyzed) << text;
    EXPECT_EQ(word.contains("counterfactuals"), analyzed) << text;
    EXPECT_TRUE(word.contains("rank_correlation_with_alpha"));
    EXPECT_GE(word.at("suspicion").get<double>(), 0);
    EXPECT_LE(word.at("suspicion").get<double>(), 1);
    if (!analyzed) continue;
    const auto& answers = word.at("counterfactuals");
    EXPECT_NEAR(answers.at("log_p").get<double>(), word.at("log_p").get<double>(), 1e-5);
    EXPECT_EQ(answers.at("elsewhere_masked").size(), 4U);
    for (const char* one : {"region_masked", "region_blurred", "no_image"}) {
      EXPECT_LE(answers.at(one).get<double>(), 0);
    }
    EXPECT_FALSE(word.at("region").empty());
    EXPECT_FALSE(word.at("rivals").empty());
  }
  const auto& comparison = json.at("comparison");
  EXPECT_EQ(comparison.at("place"), 2);
  EXPECT_NE(comparison.at("word_map"), comparison.at("other_map"));
}

TEST_F(ExplainingProgram, PrintsADiagnosisOfItsOwnCaption) {
  const auto result = run_model({"diagnose", photo_, "--max-length", "6"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("verdict"), HasSubstr("not proof"), HasSubstr("fit-verdicts")));
  EXPECT_EQ(run_model({"diagnose", photo_, "--instead-of", "dogcat"}).code, 2);
  EXPECT_EQ(run_model({"diagnose", photo_, "--caption", "a dog", "--instead-of", "cat=dog"}).code,
            2);
  EXPECT_EQ(run_model({"diagnose"}).code, 2);
  EXPECT_EQ(run_model({"diagnose", photo_, "--wordnet", folder_ / "none"}).code, 1);
}

TEST_F(ExplainingProgram, FitsVerdictsThatDiagnoseThenUses) {
  const std::string data = flickr(12);
  const auto fitted = run(
      {"model", "fit-verdicts", model_, "--data", data, "--mean-images", "3", "--threads", "1"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_THAT(fitted.out, AllOf(HasSubstr("verdicts.json"), HasSubstr("6 sentences")));
  EXPECT_EQ(run({"model", "verify", model_}).code, 0);
  const auto result = run_model({"diagnose", photo_, "--caption", "a red dog", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out).at("fitted"), true);
  EXPECT_EQ(run({"model", "fit-verdicts", model_}).code, 2);
  EXPECT_EQ(run({"model", "fit-verdicts", model_, "--data", folder_ / "none"}).code, 1);
}

TEST_F(ExplainingProgram, SaysThatAFitNeedsMoreCaptions) {
  const std::string data = folder_ / "few.jsonl";
  std::string lines;
  for (const char* split : {"train", "dev", "dev", "dev", "dev"}) {
    const std::string name = std::to_string(lines.size()) + ".png";
    cv::imwrite(folder_ / name, cv::Mat(32, 32, CV_8UC3, cv::Scalar(20, 90, 200)));
    lines +=
        R"({"image":")" + name + R"(","split":")" + split + R"(","captions":["A dog"]})" + "\n";
  }
  test::write_file(data, lines);
  const auto verdicts = run(
      {"model", "fit-verdicts", model_, "--data", data, "--mean-images", "1", "--threads", "1"});
  EXPECT_EQ(verdicts.code, 1);
  EXPECT_THAT(verdicts.err, AllOf(HasSubstr(data), HasSubstr("all 2 words")));
  // With equal captions of all images, every CIDEr-D is 0.
  const auto confidence =
      run({"model", "calibrate", model_, "--data", data, "--acceptable", "10", "--threads", "1"});
  EXPECT_EQ(confidence.code, 1);
  EXPECT_THAT(confidence.err,
              AllOf(HasSubstr(data), HasSubstr("none of the 2 captions of one half")));
  EXPECT_FALSE(std::filesystem::exists(model_ + "/calibration.json"));
}

TEST_F(ExplainingProgram, MeasuresAModelsHealth) {
  const std::string data = flickr(5);
  const auto result = run({"model", "health", model_, "--data", data, "--photographs", "4",
                           "--json", "--max-length", "5", "--output", folder_ / "out"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("images"), 4);
  for (const char* key : {"entropy", "between_words", "between_images", "gate", "border"}) {
    EXPECT_LE(json.at(key).at("min"), json.at(key).at("max"));
  }
  EXPECT_TRUE(json.at("flags").is_array());
  EXPECT_FALSE(cv::imread((folder_ / "out" / "health.png").string()).empty());
  EXPECT_THAT(run({"model", "health", model_, "--data", data, "--max-length", "5"}).out,
              AllOf(HasSubstr("gate"), HasSubstr("coverage")));
  EXPECT_EQ(run({"model", "health", model_}).code, 2);
}

TEST_F(ExplainingProgram, MeasuresPointing) {
  const std::string data = flickr(3), file = folder_ / "phrases.jsonl";
  test::write_file(file, R"({"image":"1.jpg","caption":0,"phrases":[{"first":0,"words":3,)"
                         R"("text":"A red dog","type":"animals","boxes":[[0,0,0.5,1]]}]})"
                         "\n");
  for (const char* map : {"alpha", "posterior"}) {
    const auto result = run({"model", "health", model_, "--data", data, "--phrases", file, "--map",
                             map, "--json", "--output", folder_ / "out"});
    ASSERT_EQ(result.code, 0) << result.err;
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json.at("map"), map);
    EXPECT_EQ(json.at("things").at("phrases"), 1);
    EXPECT_NEAR(json.at("things").at("area_of_boxes"), 0.5, 1e-6);
    EXPECT_EQ(json.at("types").at("animals"), json.at("things"));
    EXPECT_FALSE(cv::imread((folder_ / "out" / "pointing.png").string()).empty());
  }
  EXPECT_THAT(run({"model", "health", model_, "--data", data, "--phrases", file}).out,
              AllOf(HasSubstr("peak in box"), HasSubstr("animals"), HasSubstr("50.0 %")));
  const auto alone = run({"model", "health", model_, "--phrases", file});
  EXPECT_EQ(alone.code, 1);
  EXPECT_THAT(alone.err, HasSubstr("line 1: has no \"caption_text\""));
}

}  // namespace
}  // namespace saccade
