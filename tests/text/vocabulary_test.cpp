#include "saccade/text/vocabulary.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace saccade {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Vocabulary, StartsWithTheSpecialWords) {
  const Vocabulary vocabulary;
  EXPECT_THAT(vocabulary.words(), ElementsAre("<pad>", "<start>", "<end>", "<unk>"));
  EXPECT_EQ(vocabulary.id("<pad>"), Vocabulary::kPad);
  EXPECT_EQ(vocabulary.id("<start>"), Vocabulary::kStart);
  EXPECT_EQ(vocabulary.id("<end>"), Vocabulary::kEnd);
  EXPECT_EQ(vocabulary.id("<unk>"), Vocabulary::kUnknown);
}

TEST(Vocabulary, AssignsTheNextIdsInOrder) {
  const Vocabulary vocabulary({"dog", "cat"});
  EXPECT_EQ(vocabulary.size(), 6);
  EXPECT_EQ(vocabulary.id("dog"), 4);
  EXPECT_EQ(vocabulary.word(5), "cat");
  EXPECT_TRUE(vocabulary.contains("cat"));
  EXPECT_FALSE(vocabulary.contains("cow"));
  EXPECT_THAT(vocabulary.encode({"cat", "cow", "dog"}), ElementsAre(5, Vocabulary::kUnknown, 4));
  EXPECT_THROW(vocabulary.word(6), std::out_of_range);
  EXPECT_THROW(vocabulary.word(-1), std::out_of_range);
}

TEST(Vocabulary, RefusesEmptyRepeatedSpecialAndInvalidWords) {
  using Words = std::vector<std::string>;
  for (const auto& words : {Words{""}, Words{"a", "a"}, Words{"<end>"}, Words{"caf\xe9"}}) {
    EXPECT_THROW(Vocabulary{words}, std::invalid_argument) << words.back();
  }
}

TEST(Vocabulary, BuildsByDescendingCountThenByteOrder) {
  const auto vocabulary =
      Vocabulary::build({{"b", "a", "c", "z"}, {"c", "b", "a"}, {"c", "once"}}, 2);
  EXPECT_THAT(vocabulary.words(), ElementsAre("<pad>", "<start>", "<end>", "<unk>", "c", "a", "b"));
}

TEST(Vocabulary, BuildsWithoutSpecialWordsOfTheCaptions) {
  const auto vocabulary = Vocabulary::build({{"<unk>", "a", "<end>"}, {"<unk>", "a"}}, 1);
  EXPECT_EQ(vocabulary.size(), Vocabulary::kSpecials + 1);
}

TEST(Vocabulary, RoundTripsThroughJson) {
  const Vocabulary vocabulary({"dog", "\"", "n't", "café", "\\"});
  const auto text = vocabulary.to_json();
  EXPECT_EQ(Vocabulary::from_json(text, "vocab.json").words(), vocabulary.words());
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["special"],
            nlohmann::json({{"pad", 0}, {"start", 1}, {"end", 2}, {"unknown", 3}}));
  EXPECT_EQ(json["words"][4], "dog");
}

struct Damage {
  const char* from;
  const char* to;
  const char* message;
};

class DamagedVocabulary : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedVocabulary, IsRefusedWithItsName) {
  std::string text = R"({"special": {"pad": 0, "start": 1, "end": 2, "unknown": 3},)"
                     R"( "words": ["<pad>", "<start>", "<end>", "<unk>", "dog", "cat"]})";
  ASSERT_NO_THROW(Vocabulary::from_json(text, "v.json"));
  const auto place = text.find(GetParam().from);
  ASSERT_NE(place, std::string::npos);
  text.replace(place, std::string(GetParam().from).size(), GetParam().to);
  try {
    Vocabulary::from_json(text, "v.json");
    FAIL() << "was not refused: " << text;
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("v.json"), HasSubstr(GetParam().message)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, DamagedVocabulary,
    ::testing::Values(Damage{"\"end\": 2", "\"end\": 1", "special.end"},
                      Damage{", \"unknown\": 3", "", "special.unknown"},
                      Damage{"\"pad\": 0", "\"pad\": 0, \"mask\": 9", "special.mask"},
                      Damage{"\"dog\"", "\"cat\"", "already exists"},
                      Damage{"\"dog\"", "\"\"", "empty"},
                      Damage{"\"dog\"", "\"<pad>\"", "already exists"},
                      Damage{"\"dog\"", "7", "array of strings"},
                      Damage{"\"<end>\", \"<unk>\"", "\"<unk>\", \"<end>\"", "<end>"},
                      Damage{", \"<unk>\", \"dog\", \"cat\"", "", "<unk>"},
                      Damage{"\"words\"", "\"wrods\"", "words"},
                      Damage{"\"words\"", "\"x\": 1, \"words\"", "x is unknown"},
                      Damage{"]}", "]", "JSON"}));

}  // namespace
}  // namespace saccade
