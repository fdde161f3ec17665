#include "saccade/training/mixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/training/data_check.h"

#include "training/tiny_run.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two data sets, each in its own folder.
class TwoSources : public ::testing::Test {
 protected:
  void image(const std::string& source, const std::string& name, const std::string& split,
             const std::vector<std::string>& captions, int shade) {
    std::filesystem::create_directories(folder_ / source);
    cv::imwrite((folder_ / source / name).string(),
                cv::Mat(32, 32, CV_8UC3, cv::Scalar(shade, 255 - shade, 2 * shade % 255)));
    std::string& lines = lines_[source];
    lines +=
        nlohmann::json{{"image", name}, {"split", split}, {"captions", captions}}.dump() + '\n';
    write_file(folder_ / source / "captions.jsonl", lines);
  }
  MixtureSource source(const std::string& name, double share = 1, double weight = 1) const {
    DatasetSource source;
    source.path = folder_ / name;
    return {list_dataset(source), share, weight};
  }
  void SetUp() override {
    image("dogs", "a.png", "train", {"a dog runs", "a dog", "a brown dog"}, 10);
    image("dogs", "b.png", "train", {"a dog sleeps"}, 60);
    image("dogs", "c.png", "dev", {"a dog"}, 110);
    image("cats", "a.png", "train", {"a cat sits"}, 160);
    image("cats", "d.png", "dev", {"a cat"}, 210);
  }
  std::string refusal(const std::vector<MixtureSource>& sources) const {
    try {
      mix(sources);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  TrainingRun run(const std::vector<MixtureSource>& sources, const std::string& name) const {
    const Mixture mixture = mix(sources);
    TrainingRun run = tiny_run(mixture.train, folder_ / name);
    run.shares = mixture.shares;
    run.dev = mixture.dev;
    run.config.epochs = 2;
    run.config.captions_per_image = 5;
    return run;
  }

  TemporaryFolder folder_;
  std::map<std::string, std::string> lines_;
};

TEST_F(TwoSources, AreConcatenatedWithSeparateDevSplits) {
  const Mixture mixture = mix({source("dogs", 2), source("cats", 0.5, 3)});
  ASSERT_EQ(mixture.train.images.size(), 3U);
  EXPECT_EQ(mixture.train.images[2].captions.front(), "a cat sits");
  ASSERT_EQ(mixture.shares.size(), 2U);
  EXPECT_EQ(mixture.shares[0].images, 2U);
  EXPECT_EQ(mixture.shares[0].share, 2);
  EXPECT_EQ(mixture.shares[1].images, 1U);
  ASSERT_EQ(mixture.dev.size(), 2U);
  EXPECT_EQ(mixture.dev[0].name, "dogs");
  EXPECT_EQ(mixture.dev[1].name, "cats");
  EXPECT_EQ(mixture.dev[1].weight, 3);
  EXPECT_EQ(mixture.dev[1].dataset.images.front().name, "d.png");
}

TEST_F(TwoSources, MayLackADevSplitOrServeOnlyForValidation) {
  image("birds", "e.png", "train", {"a bird"}, 240);
  const Mixture without = mix({source("dogs"), source("birds")});
  EXPECT_EQ(without.train.images.size(), 3U);
  EXPECT_EQ(without.dev.size(), 1U);
  const Mixture validated = mix({source("dogs"), source("cats", 0)});
  EXPECT_EQ(validated.train.images.size(), 2U);
  EXPECT_EQ(validated.dev.size(), 2U);

  EXPECT_THAT(refusal({source("birds")}), HasSubstr("birds: has no image of the split \"dev\""));
  EXPECT_THAT(refusal({source("birds"), source("birds")}), HasSubstr("none of the data sets"));
  EXPECT_THAT(refusal({source("dogs", 0), source("cats", 0)}), HasSubstr("share 0"));
  EXPECT_THAT(refusal({source("dogs", 1, 0)}), HasSubstr("validation weight 0"));
  image("seen", "f.png", "dev", {"a bird"}, 30);
  EXPECT_THAT(refusal({source("dogs"), source("seen")}),
              HasSubstr("seen: has no image of the split \"train\""));
}

TEST_F(TwoSources, HaveDistinctNames) {
  EXPECT_THAT(source_names({source("dogs"), source("cats"), source("dogs")}),
              ElementsAre("dogs", "cats", "dogs 2"));
}

TEST_F(TwoSources, AreCheckedTogether) {
  image("cats", "copy.png", "dev", {"a dog"}, 10);  // the bytes of dogs/a.png
  DataCheckOptions options;
  options.min_count = 2;
  const std::vector<MixtureSource> sources{source("dogs"), source("cats")};
  const DataCheck check = check_data(sources, options);
  EXPECT_THAT(check.obstacles, IsEmpty());
  EXPECT_EQ(check.vocabulary, 2) << "a and dog";
  EXPECT_EQ(check.distinct_words, 7);
  EXPECT_THAT(check.overlaps, ElementsAre(AllOf(HasSubstr("a.png of train"), HasSubstr("dogs"),
                                                HasSubstr("copy.png of dev"), HasSubstr("cats"))));
  EXPECT_THAT(render_text(check), AllOf(HasSubstr("\"cats\", share 1"), HasSubstr("dogs, train")));
  const auto json = nlohmann::json::parse(render_json(check).dump());
  EXPECT_EQ(json.at("sources")[1].at("splits").at("dev").at("images"), 2);

  const DataCheck unlearned = check_data({source("dogs"), source("cats", 0)}, options);
  EXPECT_EQ(unlearned.distinct_words, 5)
      << "captions that are never sampled do not count for the vocabulary";
}

TEST_F(TwoSources, AreValidatedSeparatelyAndByTheirWeightedMean) {
  std::vector<ValidationResult> results;
  TrainingCallbacks callbacks;
  callbacks.validated = [&](const ValidationResult& result) { results.push_back(result); };
  TrainingRun both = run({source("dogs", 1, 1), source("cats", 1, 3)}, "run");
  both.config.epochs = 40;
  train(both, callbacks);
  ASSERT_FALSE(results.empty());
  const ValidationResult& last = results.back();
  ASSERT_EQ(last.splits.size(), 2U);
  EXPECT_EQ(last.splits[0].name, "dogs");
  for (const ValidationResult& result : results) {
    EXPECT_NEAR(result.bleu_4, (result.splits[0].bleu_4 + 3 * result.splits[1].bleu_4) / 4, 1e-12);
    EXPECT_NEAR(result.cider, (result.splits[0].cider + 3 * result.splits[1].cider) / 4, 1e-12);
  }
  std::istringstream log(read_file(folder_ / "run" / "train.jsonl"));
  nlohmann::json validation;
  for (std::string line; std::getline(log, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("dev")) validation = json;
  }
  EXPECT_EQ(validation.at("dev").at("cats").at("bleu_4"), last.splits[1].bleu_4);
  EXPECT_EQ(validation.at("bleu_4"), last.bleu_4);
  const auto words = load_bundle(folder_ / "run" / "best").vocabulary;
  EXPECT_TRUE(words.contains("cat"));
  EXPECT_TRUE(words.contains("dog")) << "common vocabulary";
}

TEST_F(TwoSources, ResumeToTheSameLossesButOnlyWithTheSameShares) {
  const std::vector<MixtureSource> sources{source("dogs", 1.5), source("cats", 2)};
  train(run(sources, "whole"), {});
  int steps = 0;
  TrainingCallbacks stop;
  stop.should_stop = [&] { return ++steps == 3; };
  ASSERT_EQ(train(run(sources, "broken"), stop), TrainingEnd::stopped);
  TrainingRun other = run({source("dogs", 1.5), source("cats", 3)}, "broken");
  other.resume = true;
  try {
    train(other, {});
    FAIL() << "another mixture was accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("another mixture (/sources/1/share was 2.0 and is 3.0)"));
  }
  TrainingRun again = run(sources, "broken");
  again.resume = true;
  ASSERT_EQ(train(again, {}), TrainingEnd::finished);
  const auto whole = losses(folder_ / "whole");
  EXPECT_EQ(whole.size(), 10U) << "two epochs of 3 + 2 images";
  EXPECT_EQ(whole, losses(folder_ / "broken"));
}

TEST_F(TwoSources, UseTheCaptionsOfImagesThatAlsoHaveLabels) {
  image("dogs", "e.png", "test", {"a dog"}, 240);
  cv::imwrite((folder_ / "dogs" / "new.png").string(), cv::Mat(32, 32, CV_8UC3, cv::Scalar(9)));
  write_file(folder_ / "dogs" / "labels.jsonl",
             R"({"image":"a.png","split":"train","labels":["pug"]})"
             "\n"
             R"({"image":"c.png","split":"train","labels":["pug"]})"
             "\n"
             R"({"image":"e.png","split":"train","labels":["pug"]})"
             "\n"
             R"({"image":"new.png","split":"train","labels":["pug"]})"
             "\n"
             R"({"image":"d.png","split":"dev","labels":["pug"]})"
             "\n");
  std::filesystem::copy(folder_ / "cats" / "d.png", folder_ / "dogs" / "d.png");
  const std::vector<MixtureSource> sources{source("dogs"), source("dogs/labels.jsonl", 0.5)};
  const Mixture mixture = mix(sources);
  ASSERT_EQ(mixture.train.images.size(), 3U);
  EXPECT_EQ(mixture.train.images[2].name, "new.png");
  EXPECT_EQ(mixture.shares.at(1).images, 1U) << "c.png and e.png are held back";
  EXPECT_EQ(mixture.dev.size(), 1U) << "labels are not validated on";
  EXPECT_THAT(mixture.train.warnings,
              ElementsAre("labels.jsonl: the labels of 3 images are not used, since the images "
                          "have captions"));
  DataCheckOptions options;
  options.min_count = 1;
  const DataCheck check = check_data(sources, options);
  EXPECT_THAT(check.obstacles, IsEmpty());
  EXPECT_EQ(check.sources[1].splits.at(0).labelled, 4U);
  EXPECT_THAT(render_text(check), HasSubstr("4 training images have labels, not captions."));
  EXPECT_EQ(check.distinct_words, 6) << "a dog runs brown sleeps, and pug";
  EXPECT_THAT(refusal({source("dogs/labels.jsonl")}), HasSubstr("have labels but no captions"));
}

}  // namespace
}  // namespace saccade::test
