#include "saccade/text/wordnet/label_wording.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

using Strings = std::vector<std::string>;

class LabelWordingTest : public ::testing::Test {
 protected:
  LabelWordingTest() {
    write_part(folder_, "noun",
               {{{"entity"}, 3, ""},
                {{"person"}, 18, "entity"},
                {{"woman"}, 18, "person"},
                {{"cat"}, 5, "entity"},
                {{"dog"}, 5, "entity"},
                {{"knife"}, 6, "entity"},
                {{"carrot"}, 13, "entity"},
                {{"salad"}, 13, "entity"},
                {{"automobile", "car"}, 6, "entity"},
                {{"room"}, 6, "entity"},
                {{"living_room"}, 6, "room"},
                {{"hot_dog"}, 13, "entity"},
                {{"soccer"}, 4, "entity"},
                {{"race"}, 11, "entity"},
                {{"wolf"}, 5, "entity"},
                {{"owl"}, 5, "entity"}},
               "wolves wolf\nwomen woman\n");
    write_part(folder_, "adj", {}, "");
  }
  LabelWordings words(const Strings& labels) const {
    return word_labels(folder_.path(), labels, vocabulary_);
  }
  std::string text(const std::vector<std::int64_t>& ids) const {
    std::string all;
    for (const std::int64_t id : ids) all += (all.empty() ? "" : " ") + vocabulary_.word(id);
    return all;
  }
  /// The phrase for a number of things.
  std::string phrase(const std::string& label, std::size_t count) const {
    return text(words({label}).at(label).phrases.at(count - 1));
  }
  std::string names(const std::string& label) const { return text(words({label}).at(label).names); }

  Vocabulary vocabulary_{{"a",    "two",    "several", "person", "people", "woman", "cat",
                          "cats", "knife",  "room",    "living", "hot",    "dog",   "soccer",
                          "race", "carrot", "carrots", "some",   "wolves", "car",   "salad"}};
  TemporaryFolder folder_;
};

TEST_F(LabelWordingTest, CountsThingsWithTheWordsThereAre) {
  EXPECT_EQ(phrase("cat", 1), "a cat");
  EXPECT_EQ(phrase("cat", 2), "two cats");
  EXPECT_EQ(phrase("cat", 6), "several cats");
  EXPECT_EQ(phrase("cat", 3), "a cat") << "the vocabulary lacks \"three\"";
  EXPECT_EQ(phrase("knife", 2), "a knife") << "the vocabulary lacks \"knives\"";
  EXPECT_EQ(phrase("automobile", 1), "a car") << "a synonym, as \"automobile\" is unknown";
  EXPECT_EQ(phrase("person", 6), "several people");
  EXPECT_EQ(words({"cat"}).at("cat").phrases.size(), 6U);
}

TEST_F(LabelWordingTest, UsesTheSingularOfALabel) {
  EXPECT_EQ(phrase("carrots", 1), "a carrot");
  EXPECT_EQ(phrase("cats", 2), "two cats");
  EXPECT_EQ(phrase("wolves", 1), "some wolves") << "the vocabulary lacks \"wolf\"";
}

TEST_F(LabelWordingTest, KnowsTheWordsThatNameALabel) {
  EXPECT_EQ(names("person"), "person people woman");
  EXPECT_EQ(names("cat"), "cat cats");
}

TEST_F(LabelWordingTest, UsesTheHeadOfACompound) {
  EXPECT_EQ(phrase("living room", 1), "a living room");
  EXPECT_EQ(names("living room"), "room");
  EXPECT_EQ(phrase("beet salad", 1), "a salad") << "not in WordNet; \"beet\" is unknown";
  EXPECT_EQ(phrase("hot dog", 1), "a hot dog");
  EXPECT_EQ(names("hot dog"), "") << "a hot dog is no dog";
}

TEST_F(LabelWordingTest, HasNoPhraseForAnActivity) {
  for (const char* label : {"soccer", "dog race"}) {
    EXPECT_TRUE(words({label}).at(label).phrases.empty()) << label;
    EXPECT_FALSE(names(label).empty()) << label;
  }
}

TEST_F(LabelWordingTest, LeavesOutLabelsWithoutAWord) {
  const LabelWordings found = words({"cat", "owl", "zzz", "s"});
  EXPECT_EQ(found.size(), 1U);
  EXPECT_THROW(word_labels(folder_.path() / "none", {"cat"}, vocabulary_), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
