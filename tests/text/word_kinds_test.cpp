#include "saccade/text/wordnet/word_kinds.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/text/wordnet/wordnet.h"

#include "temporary_folder.h"
#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

const std::vector<std::string> kWords = {"dog", "dogs",    "cat",  "puppy",   "animal", "man",
                                         "men", "woman",   "red",  "orange",  "shirt",  "jacket",
                                         "car", "running", "runs", "walking", "zzz"};

class WordKindsTest : public ::testing::Test {
 protected:
  WordKindsTest() {
    write_part(folder_, "noun",
               {{{"entity"}, 3, ""},
                {{"thing"}, 3, "entity"},
                {{"object"}, 3, "thing"},
                {{"whole"}, 3, "object"},
                {{"artifact"}, 6, "whole"},
                {{"covering"}, 6, "artifact"},
                {{"clothing"}, 6, "covering"},
                {{"shirt"}, 6, "clothing"},
                {{"jacket", "coat"}, 6, "clothing"},
                {{"instrument"}, 6, "artifact"},
                {{"vehicle"}, 6, "instrument"},
                {{"car", "auto"}, 6, "vehicle"},
                {{"animal"}, 5, "whole"},
                {{"dog"}, 5, "animal"},
                {{"puppy"}, 5, "dog"},
                {{"cat"}, 5, "animal"},
                {{"person"}, 18, "whole"},
                {{"man"}, 18, "person"},
                {{"woman"}, 18, "person"},
                {{"men"}, 14, "entity"},
                {{"color"}, 7, "thing"},
                {{"chromatic_color"}, 7, "color"},
                {{"achromatic_color"}, 7, "color"},
                {{"red"}, 7, "chromatic_color"},
                {{"citrus", "orange"}, 13, "whole"},
                {{"orange", "orangeness"}, 7, "chromatic_color"}},
               "men man\n");
    write_part(folder_, "verb", {{{"move"}, 38, ""}, {{"run"}, 38, "move"}, {{"walk"}, 38, "move"}},
               "ran run\n");
  }
  static std::int64_t id(const std::string& word) {
    return std::find(kWords.begin(), kWords.end(), word) - kWords.begin();
  }
  TemporaryFolder folder_;
};

TEST_F(WordKindsTest, GroupAnimalsPeopleColorsGarmentsAndMotions) {
  const WordKinds kinds(folder_.path(), kWords);
  const auto same = [&](const char* a, const char* b) {
    EXPECT_EQ(kinds.same_kind(id(a), id(b)), kinds.same_kind(id(b), id(a)));
    return kinds.same_kind(id(a), id(b));
  };
  EXPECT_TRUE(same("dog", "cat"));
  EXPECT_TRUE(same("dogs", "cat"));
  EXPECT_TRUE(same("men", "woman")) << "by the exception men, man";
  EXPECT_TRUE(same("red", "orange")) << "a color by its second sense";
  EXPECT_TRUE(same("shirt", "jacket"));
  EXPECT_TRUE(same("running", "walking")) << "a doubled consonant";
  EXPECT_FALSE(same("dog", "woman"));
  EXPECT_FALSE(same("shirt", "car")) << "both artifacts, which is too general";
  EXPECT_FALSE(same("red", "dog"));
  EXPECT_FALSE(same("zzz", "dog"));
  EXPECT_FALSE(kinds.has_kind(id("zzz")));
}

TEST_F(WordKindsTest, AreCompatibleIfTheyMayMeanTheSame) {
  const WordKinds kinds(folder_.path(), kWords);
  const auto compatible = [&](const char* a, const char* b) {
    return kinds.compatible(id(a), id(b));
  };
  EXPECT_TRUE(compatible("dog", "dogs"));
  EXPECT_TRUE(compatible("dog", "puppy"));
  EXPECT_TRUE(compatible("animal", "puppy"));
  EXPECT_TRUE(compatible("runs", "running"));
  EXPECT_TRUE(compatible("zzz", "zzz"));
  EXPECT_FALSE(compatible("dog", "cat"));
  EXPECT_FALSE(compatible("man", "woman"));
  EXPECT_FALSE(kinds.same_kind(id("dog"), id("puppy")));
}

TEST_F(WordKindsTest, FindExactlyTheLemmasOfTheIndex) {
  const WordNetDatabase nouns(folder_.path(), "noun");
  for (const char* lemma : {"achromatic_color", "animal", "artifact", "woman", "cat", "orange"}) {
    EXPECT_FALSE(nouns.senses(lemma).empty()) << lemma;
  }
  EXPECT_EQ(nouns.senses("orange").size(), 2U);
  for (const char* word : {"", "aaa", "dogg", "zebra", "anim"}) {
    EXPECT_TRUE(nouns.senses(word).empty()) << word;
  }
  EXPECT_EQ(nouns.ancestors(nouns.senses("puppy")[0]).size(), 7U);
  EXPECT_THROW(nouns.synset(3), std::runtime_error);
}

TEST_F(WordKindsTest, RefuseAFolderWithoutWordNet) {
  EXPECT_THROW(WordKinds(folder_.path() / "none", kWords), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
