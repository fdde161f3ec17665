#include "saccade/training/label_targets.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/training/training_vocabulary.h"

#include "text/made_up_wordnet.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<std::int64_t>;

CaptionedImage labelled(const std::string& name, std::vector<CountedLabel> labels) {
  CaptionedImage image;
  image.name = image.file = name;
  image.labels = std::move(labels);
  return image;
}

std::vector<std::string> names(const Dataset& dataset) {
  std::vector<std::string> all;
  for (const CaptionedImage& image : dataset.images) all.push_back(image.name);
  return all;
}

TEST(RunLabels, LeaveOutImagesWithoutAKnownLabelAndSaySoOnce) {
  TemporaryFolder folder;
  write_part(folder, "noun", {{{"cat"}, 5, ""}, {{"wolf"}, 5, ""}, {{"owl"}, 5, ""}}, "");
  write_part(folder, "adj", {}, "");
  Dataset train;
  train.images = {labelled("owl", {{"owl", 0}}),
                  {"caption", "", {"a cat"}},
                  labelled("wolf", {{"wolf", 0}, {"owl", 0}}),
                  labelled("both", {{"wolf", 0}, {"cat", 2}})};
  std::vector<ImageShare> shares{{1, 1}, {2, 0.5}, {1, 2}};
  const RunLabels found = find_label_words(folder.path(), Vocabulary({"a", "cat"}), train, shares);
  EXPECT_THAT(names(train), ElementsAre("caption", "both"));
  EXPECT_EQ(shares[0].images, 0U);
  EXPECT_EQ(shares[1].images, 1U);
  EXPECT_EQ(shares[2].images, 1U);
  EXPECT_EQ(found.words.size(), 1U);
  EXPECT_EQ(found.unknown, 2U);
  EXPECT_EQ(found.images_without, 2U);
  EXPECT_EQ(found.warning,
            "2 of 3 labels have no word in the vocabulary, and 2 images with no other label are "
            "left out: owl (2), wolf (2)");
}

TEST(RunLabels, CountForTheVocabularyAsCaptionsDo) {
  Dataset train;
  train.images = {{"caption", "", {"a cat", "a dog"}},
                  labelled("x", {{"hot dog", 3}}),
                  labelled("y", {{"hot dog", 1}})};
  const Vocabulary words = training_vocabulary(train, 2);
  EXPECT_TRUE(words.contains("dog"));
  EXPECT_TRUE(words.contains("hot"));
  EXPECT_TRUE(words.contains("a"));
  EXPECT_FALSE(words.contains("cat"));
}

class LabelPhrase : public ::testing::Test {
 protected:
  Ids phrase(const std::vector<WordedLabel>& labels, std::int64_t max_words = 24) {
    return label_phrase(labels, kAnd, max_words, random_);
  }
  static constexpr std::int64_t kAnd = 99;
  LabelWording cat_{{{10, 11}, {12, 13}}, {11}}, dog_{{{20}}, {20}}, soccer_{{}, {30}};
  Random random_ = seeded(1, 2, 3);
};

TEST_F(LabelPhrase, CountsItsThings) {
  EXPECT_EQ(phrase({{&cat_, 0}}), Ids({10, 11}));
  EXPECT_EQ(phrase({{&cat_, 1}}), Ids({10, 11}));
  EXPECT_EQ(phrase({{&cat_, 2}}), Ids({12, 13}));
  EXPECT_EQ(phrase({{&cat_, 50}}), Ids({12, 13}));
}

TEST_F(LabelPhrase, NamesUpToThreeThingsInRandomOrder) {
  std::set<Ids> seen;
  for (int i = 0; i < 50; ++i) seen.insert(phrase({{&cat_, 1}, {&dog_, 1}}));
  EXPECT_THAT(seen, ElementsAre(Ids({10, 11, kAnd, 20}), Ids({20, kAnd, 10, 11})));
  EXPECT_EQ(phrase({{&dog_, 1}, {&dog_, 1}, {&dog_, 1}, {&dog_, 1}}),
            Ids({20, kAnd, 20, kAnd, 20}));
  EXPECT_EQ(phrase({{&cat_, 1}, {&cat_, 1}}, 3), Ids({10, 11, kAnd}));
  EXPECT_EQ(label_phrase({{&dog_, 1}, {&dog_, 1}}, Vocabulary::kUnknown, 24, random_), Ids({20}));
}

TEST_F(LabelPhrase, SkipsActivities) {
  EXPECT_EQ(phrase({{&soccer_, 0}, {&dog_, 0}}), Ids({20}));
  EXPECT_TRUE(phrase({{&soccer_, 0}}).empty());
}

}  // namespace
}  // namespace saccade::test
