#include "saccade/explain/page/page.h"

#include <cmath>
#include <regex>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "saccade/explain/page/page_contents.h"

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

nlohmann::json data_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t first = html.find(open) + open.size();
  return nlohmann::json::parse(html.substr(first, html.find("</script>", first) - first));
}

Caption two_words(const Image& photograph) {
  Caption caption = caption_of(photograph, {"a", "dog"}, Fit::center_crop, {2, 3});
  caption.words[1].attention = {0.1f, 0.2f, 0.3f, 0.05f, 0.15f, 0.2f};
  caption.words[1].alternatives = {{"cat", 0.6}, {"dog", 0.5}};
  caption.finished = true;
  return caption;
}

TEST(Page, ContainsTheWordsTheirNumbersAndTheirMaps) {
  const Image photograph = plain(400, 200, 90);
  const auto json = data_of(page_html(page_of(two_words(photograph), "dog.jpg", {}), photograph));
  EXPECT_EQ(json["grid"], nlohmann::json({2, 3}));
  EXPECT_EQ(json["width"], 400);
  EXPECT_EQ(json["placement"]["offset_x"], 100);
  ASSERT_EQ(json["words"].size(), 2u);
  const auto& dog = json["words"][1];
  EXPECT_EQ(dog["word"], "dog");
  EXPECT_NEAR(dog["p"], 0.5, 1e-12);
  EXPECT_EQ(dog["gate"], 0.25);
  EXPECT_EQ(dog["alternatives"][0]["word"], "cat");
  EXPECT_FALSE(dog["alternatives"][0].contains("map"));  // it shares the word's map
  EXPECT_FALSE(dog.contains("verdict"));
  const std::vector<double> alpha{0.1, 0.2, 0.3, 0.05, 0.15, 0.2};
  ASSERT_EQ(dog["maps"][0].size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(dog["maps"][0][i], alpha[i], 1e-6);
}

TEST(Page, ReferencesNoExternalUrl) {
  const Image photograph = plain(40, 20, 90);
  const std::string html = page_html(page_of(two_words(photograph), "dog.jpg", {}), photograph);
  EXPECT_THAT(html, Not(HasSubstr("http:")));
  EXPECT_THAT(html, Not(HasSubstr("https:")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  const std::regex attribute("(src|href)=\"([^\"]*)\"");
  for (std::sregex_iterator i(html.begin(), html.end(), attribute), end; i != end; ++i) {
    EXPECT_EQ((*i)[2].str().substr(0, 5), "data:");
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(Page, EscapesNamesAndWordsEverywhere) {
  const Image photograph = plain(40, 20, 90);
  const std::string evil = "</script><img src=x onerror=alert(1)>\"'&\xFF";
  Caption caption = caption_of(photograph, {evil});
  caption.words[0].alternatives = {{evil, 0.5}};
  Page page = page_of(caption, evil, {});
  page.notes = {evil};
  page.words[0].verdict = PageVerdict{evil, PageVerdict::Tone::bad, evil};
  page.words[0].evidence = {evil};
  const std::string html = page_html(page, photograph);
  EXPECT_THAT(html, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(html, Not(HasSubstr("</script><img")));
  EXPECT_EQ(data_of(html)["words"][0]["word"],
            "</script><img src=x onerror=alert(1)>\"'&\xEF\xBF\xBD");
}

TEST(Page, WorksWithoutWordsAndForOnePixel) {
  const Image dot = plain(1, 1, 90);
  EXPECT_EQ(data_of(page_html(page_of(caption_of(dot, {}), "dot.png", {}), dot))["words"].size(),
            0u);
}

TEST(Page, RefusesMapsThatDoNotMatchTheGrid) {
  const Image photograph = plain(40, 20, 90);
  Page page = page_of(two_words(photograph), "dog.jpg", {});
  page.words[1].maps[0].pop_back();
  EXPECT_THROW(page_html(page, photograph), std::invalid_argument);
  page.words[1].maps.clear();
  EXPECT_THROW(page_html(page, photograph), std::invalid_argument);
  page.words.clear();
  page.layers.clear();
  EXPECT_THROW(page_html(page, photograph), std::invalid_argument);
}

TEST(PageOfCaption, ShowsRolloutsAsASecondLayer) {
  const Image photograph = plain(40, 20, 90);
  Rollouts rollouts{4, 7, {{4, 0, 0, 0, 0, 0}, {1, 0, 3, 0, 0, 0}}};
  const Page page = page_of(two_words(photograph), "dog.jpg", {}, rollouts);
  ASSERT_EQ(page.layers.size(), 2u);
  EXPECT_EQ(page.words[1].maps[1], (std::vector<float>{0.25f, 0, 0.75f, 0, 0, 0}));
  rollouts.cells.pop_back();
  EXPECT_THROW(page_of(two_words(photograph), "dog.jpg", {}, rollouts), std::invalid_argument);
}

Diagnosis of_two_words(const Image& photograph) {
  Diagnosis diagnosis;
  diagnosis.caption = two_words(photograph);
  diagnosis.words.resize(2);
  diagnosis.words[0].word = "a";
  WordDiagnosis& dog = diagnosis.words[1];
  dog.word = "dog";
  dog.content = true;
  dog.verdict = Verdict::misrecognised;
  dog.suspicion = 0.87;
  dog.region = {2, 1};
  dog.counterfactuals = {std::log(0.5),
                         std::log(0.25),
                         std::log(0.3),
                         {std::log(0.4), std::log(0.4)},
                         std::log(0.125)};
  ContrastWord wolf;
  wolf.word = "wolf";
  wolf.same_kind = true;
  wolf.counterfactuals.log_p = std::log(0.55);
  wolf.counterfactuals.region_masked = std::log(0.05);
  dog.contrasts = {wolf};
  return diagnosis;
}

TEST(PageOfDiagnosis, ShowsTheVerdictAndItsEvidence) {
  const Image photograph = plain(40, 20, 90);
  Diagnosis diagnosis = of_two_words(photograph);
  const Page page = page_of(diagnosis, "dog.jpg", OverlayOptions{});
  EXPECT_FALSE(page.words[0].verdict);
  EXPECT_FALSE(page.words[0].suspicion);
  ASSERT_TRUE(page.words[1].verdict);
  EXPECT_EQ(page.words[1].verdict->name, "misrecognised");
  EXPECT_EQ(page.words[1].verdict->tone, PageVerdict::Tone::bad);
  EXPECT_EQ(page.words[1].suspicion, 0.87);
  std::string evidence;
  for (const std::string& line : page.words[1].evidence) evidence += line + "\n";
  for (const char* part :
       {"50 %", "25 %", "30 %", "40 %", "13 %", "wolf", "55 %", "5.0 %", "0.87"}) {
    EXPECT_THAT(evidence, HasSubstr(part));
  }
  // The contrast word is among the alternatives, sorted by p.
  EXPECT_EQ(page.words[1].alternatives[1].word, "wolf");
  EXPECT_THAT(page.notes.back(), HasSubstr("not fitted"));
  diagnosis.words.pop_back();
  EXPECT_THROW(page_of(diagnosis, "dog.jpg", OverlayOptions{}), std::invalid_argument);
}

TEST(PageOfDiagnosis, GivesNoVerdictOnAnUnknownWord) {
  const Image photograph = plain(40, 20, 90);
  Diagnosis diagnosis = of_two_words(photograph);
  diagnosis.words[1].known = false;
  const Page page = page_of(diagnosis, "dog.jpg", OverlayOptions{});
  EXPECT_FALSE(page.words[1].verdict);
  EXPECT_THAT(page.words[1].evidence.front(), HasSubstr("does not know this word"));
}

}  // namespace
}  // namespace saccade::test
