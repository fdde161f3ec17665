#include "saccade/evaluate/evaluation.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/metrics/cider.h"

#include "metrics/sentences.h"

namespace saccade {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<ReferenceEntry> kReferences = {
    {"x.jpg", "1", {"A dog runs.", "The dog is running ."}},
    {"y.jpg", "2", {"A man doesn't sit", "..."}},
    {"z.jpg", "3", {"A cat."}}};

PairedCaptions pair_all() {
  return pair_captions({{"/a/y.jpg", "a man sits"}, {"x.jpg", "A dog runs!"}, {"3", "a cat"}},
                       kReferences, Tokenizer::kPtb);
}

TEST(PairCaptions, MatchesByPathOrByNumber) {
  const PairedCaptions captions = pair_all();
  EXPECT_THAT(captions.images, ElementsAre("y.jpg", "x.jpg", "z.jpg"));
  EXPECT_EQ(captions.hypotheses[1], test::words("a dog runs"));
  EXPECT_EQ(captions.references[0], References{test::words("a man does n't sit")});
  EXPECT_EQ(captions.references[1].size(), 2u);
  EXPECT_NO_THROW(require_complete(captions, false));
}

TEST(PairCaptions, TellsImagesOfTheSameNameApartByTheirFolders) {
  const std::vector<ReferenceEntry> references = {{"cats/1.jpg", "", {"a cat"}},
                                                  {"dogs/1.jpg", "", {"a dog"}}};
  const auto captions =
      pair_captions({{"/photos/dogs/1.jpg", "dogs"}, {"/photos/cats/1.jpg", "cats"}}, references,
                    Tokenizer::kPtb);
  EXPECT_THAT(captions.images, ElementsAre("dogs/1.jpg", "cats/1.jpg"));
  EXPECT_EQ(captions.references[0], References{test::words("a dog")});
  EXPECT_THROW(pair_captions({{"1.jpg", "a cat"}}, references, Tokenizer::kPtb),
               std::runtime_error);
}

TEST(PairCaptions, KeepsTokenizedTextUnchanged) {
  const auto captions = pair_captions({{"z.jpg", "A  cat."}}, kReferences, Tokenizer::kNone);
  EXPECT_EQ(captions.hypotheses[0], test::words("A cat."));
}

TEST(PairCaptions, MissingImagesAreCountedAndNamedInAnErrorUnlessAllowed) {
  const auto captions =
      pair_captions({{"x.jpg", "a dog"}, {"w.jpg", "a cow"}}, kReferences, Tokenizer::kPtb);
  try {
    require_complete(captions, false);
    FAIL() << "missing images were accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("1 image (w.jpg)"), HasSubstr("2 images (y.jpg, z.jpg)"),
                      HasSubstr("--allow-missing")));
  }
  EXPECT_NO_THROW(require_complete(captions, true));
  const Report report = make_report(captions, score_images(captions, {}), {});
  EXPECT_EQ(report.without_reference, 1u);
  EXPECT_EQ(report.without_hypothesis, 2u);
  EXPECT_THAT(report.warnings, Contains(HasSubstr("neither is scored")));
}

TEST(PairCaptions, NoImageInCommonIsAlwaysAnError) {
  const auto captions = pair_captions({{"w.jpg", "a cow"}}, kReferences, Tokenizer::kPtb);
  EXPECT_THROW(require_complete(captions, true), std::runtime_error);
}

TEST(PairCaptions, ReferencesWithoutAWordDoNotCount) {
  const auto captions = pair_captions({{"a", "a cow"}}, {{"a", "", {"...", "!"}}}, Tokenizer::kPtb);
  EXPECT_THAT(captions.without_reference, ElementsAre("a"));
}

TEST(Report, JsonHasTheScoresAndTheirSettings) {
  const PairedCaptions captions = pair_all();
  EvaluationOptions options;
  options.resamples = 20;
  Report report = make_report(captions, score_images(captions, options), options);
  report.hypotheses = "h.jsonl";
  report.settings = {{"beam", "3"}};
  const nlohmann::ordered_json json = render_json(report);
  EXPECT_EQ(json.at("bleu").size(), 4u);
  EXPECT_NEAR(json.at("bleu")[0].get<double>(),
              bleu(captions.hypotheses, captions.references).bleu[0], 1e-12);
  const auto cider = cider_d(captions.hypotheses, captions.references);
  EXPECT_NEAR(json.at("cider").get<double>(), (cider[0] + cider[1] + cider[2]) / 3, 1e-12);
  EXPECT_TRUE(json.at("meteor_wn").is_null()) << "no WordNet was given";
  EXPECT_EQ(json.at("count"), 3);
  EXPECT_EQ(json.at("reference_count"), 4);
  EXPECT_EQ(json.at("tokenizer"), "ptb");
  EXPECT_FALSE(json.at("version").get<std::string>().empty());
  EXPECT_EQ(json.at("settings").at("beam"), "3");
  EXPECT_EQ(json.at("interval").at("bleu")[3].size(), 2u);
  EXPECT_EQ(json.at("bootstrap").at("resamples"), 20);
  EXPECT_THAT(json.at("warnings").dump(), HasSubstr("only 3 images"));
}

TEST(Report, TextHasTokenizerCountsSettingsAndBothBleuScores) {
  const PairedCaptions captions = pair_all();
  Report report = make_report(captions, score_images(captions, {}), {});
  report.settings = {{"beam", "3"}};
  const std::string text = render_text(report);
  EXPECT_THAT(text, AllOf(HasSubstr("ptb"), HasSubstr("3 images, 4 references"), HasSubstr("beam"),
                          HasSubstr("BLEU-4 without brevity penalty"), HasSubstr("saccade ")));
  EXPECT_THAT(text, Not(HasSubstr("METEOR"))) << "it was not computed";
}

TEST(Report, PerImageLinesHaveTheScoresOfEachImage) {
  const PairedCaptions captions = pair_all();
  const auto images = score_images(captions, {});
  const std::string lines = per_image_jsonl(captions, images, false);
  const auto first = nlohmann::json::parse(lines.substr(0, lines.find('\n')));
  EXPECT_EQ(first.at("image"), "y.jpg");
  EXPECT_EQ(first.at("caption"), "a man sits");
  EXPECT_EQ(first.at("rouge_l").get<double>(), images[0].rouge_l);
  EXPECT_FALSE(first.contains("meteor_wn"));
}

TEST(Report, EmptyCaptionsAreCountedInAWarning) {
  const auto captions = pair_captions({{"x.jpg", "..."}, {"y.jpg", "a man"}, {"z.jpg", "a cat"}},
                                      kReferences, Tokenizer::kPtb);
  const Report report = make_report(captions, score_images(captions, {}), {});
  EXPECT_THAT(report.warnings, Contains(HasSubstr("1 captions have no words")));
}

TEST(Tokenizer, ConvertsToItsNameAndBack) {
  EXPECT_EQ(tokenizer_named("ptb"), Tokenizer::kPtb);
  EXPECT_EQ(tokenizer_named(name_of(Tokenizer::kNone)), Tokenizer::kNone);
  EXPECT_THROW(tokenizer_named("moses"), std::invalid_argument);
}

}  // namespace
}  // namespace saccade
