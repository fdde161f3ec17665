#include "saccade/text/wordnet/label_words.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

using Strings = std::vector<std::string>;

class LabelWordsTest : public ::testing::Test {
 protected:
  LabelWordsTest() {
    write_part(folder_, "noun",
               {{{"entity"}, 3, ""},
                {{"person"}, 18, "entity"},
                {{"woman"}, 18, "person"},
                {{"player"}, 18, "person"},
                {{"white"}, 18, "person"},
                {{"dog"}, 5, "entity"},
                {{"pug"}, 5, "dog"},
                {{"hot_dog"}, 18, "person"},
                {{"dog_house"}, 6, "entity"},
                {{"table"}, 14, "entity"},
                {{"dining_table"}, 6, "entity"},
                {{"traffic_light"}, 6, "entity"},
                {{"light"}, 6, "entity"},
                {{"train"}, 6, "entity"},
                {{"passenger"}, 18, "person"},
                {{"passenger_train"}, 6, "train"}},
               "women woman\n");
    write_part(folder_, "adj", {{{"white"}, 0, ""}}, "");
  }
  /// The matches as "first+words=label,label …".
  std::string found(const Strings& words) const {
    LabelWords labels(folder_.path(), {"person", "dog", "dining table", "traffic light", "hot dog",
                                       "potted plant", "bicycle", "motorcycle", "train"});
    std::string text;
    for (const auto& named : labels.find(words)) {
      text += (text.empty() ? "" : " ") + std::to_string(named.first) + "+" +
              std::to_string(named.words) + "=";
      for (std::size_t i = 0; i < named.labels.size(); ++i) {
        text += (i > 0 ? "," : "") + named.labels[i];
      }
    }
    return text;
  }
  TemporaryFolder folder_;
};

TEST_F(LabelWordsTest, FindLabelsByHypernyms) {
  EXPECT_EQ(found({"Two", "women", "and", "a", "pug"}), "1+1=person 4+1=dog");
  EXPECT_EQ(found({"the", "player's", "dogs,"}), "1+1=person 2+1=dog");
}

TEST_F(LabelWordsTest, FindLabelsByEverydayNames) {
  EXPECT_EQ(found({"people", "at", "a", "table"}), "0+1=person 3+1=dining table");
  EXPECT_EQ(found({"a", "bike"}), "1+1=bicycle,motorcycle");
  EXPECT_EQ(found({"a", "kitten"}), "") << "the label cat was not given";
}

TEST_F(LabelWordsTest, MatchCompoundsAsAWhole) {
  EXPECT_EQ(found({"Traffic", "lights", "over", "dining", "tables"}),
            "0+2=traffic light 3+2=dining table");
  EXPECT_EQ(found({"a", "hot", "dog"}), "1+2=hot dog") << "neither a dog nor a person";
  EXPECT_EQ(found({"a", "dog", "house"}), "");
  EXPECT_EQ(found({"a", "passenger", "train"}), "1+2=train");
  EXPECT_EQ(found({"potted", "plants"}), "0+2=potted plant");
}

TEST_F(LabelWordsTest, EndACompoundAtPunctuation) {
  EXPECT_EQ(found({"a", "passenger,", "train"}), "1+1=person 2+1=train");
}

TEST_F(LabelWordsTest, IgnoreAdjectives) { EXPECT_EQ(found({"a", "white", "house"}), ""); }

TEST_F(LabelWordsTest, RefuseAFolderWithoutWordNet) {
  EXPECT_THROW(LabelWords(folder_.path() / "none", {"dog"}), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
