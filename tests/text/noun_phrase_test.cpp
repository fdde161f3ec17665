#include "saccade/text/noun_phrase.h"

#include <gtest/gtest.h>

namespace saccade::test {
namespace {

TEST(NounPhrase, HasTheArticleOfTheSound) {
  EXPECT_EQ(with_article("cat"), "a cat");
  EXPECT_EQ(with_article("apple"), "an apple");
  EXPECT_EQ(with_article("umbrella"), "an umbrella");
  EXPECT_EQ(with_article("hourglass"), "an hourglass");
  EXPECT_EQ(with_article("house"), "a house");
  EXPECT_EQ(with_article("unicycle"), "a unicycle");
  EXPECT_EQ(with_article("utensil"), "a utensil");
  EXPECT_EQ(with_article("onion"), "an onion");
}

TEST(NounPhrase, FormsPlurals) {
  EXPECT_EQ(plural("cat"), "cats");
  EXPECT_EQ(plural("bus"), "buses");
  EXPECT_EQ(plural("watch"), "watches");
  EXPECT_EQ(plural("box"), "boxes");
  EXPECT_EQ(plural("knife"), "knives");
  EXPECT_EQ(plural("shelf"), "shelves");
  EXPECT_EQ(plural("giraffe"), "giraffes");
  EXPECT_EQ(plural("berry"), "berries");
  EXPECT_EQ(plural("donkey"), "donkeys");
  EXPECT_EQ(plural("person"), "people");
  EXPECT_EQ(plural("fireman"), "firemen");
  EXPECT_EQ(plural("human"), "humans");
  EXPECT_EQ(plural("mouse"), "mice");
  EXPECT_EQ(plural("sheep"), "sheep");
  EXPECT_EQ(plural("starfish"), "starfish");
  EXPECT_EQ(plural("potato"), "potatoes");
  EXPECT_EQ(plural("piano"), "pianos");
  EXPECT_EQ(plural("traffic light"), "traffic lights");
  EXPECT_EQ(plural("s"), "ses");
  EXPECT_EQ(plural("y"), "ys");
}

TEST(NounPhrase, CountsToFiveInWords) {
  EXPECT_EQ(counted("apple", 0), "an apple");
  EXPECT_EQ(counted("apple", 1), "an apple");
  EXPECT_EQ(counted("knife", 2), "two knives");
  EXPECT_EQ(counted("person", 3), "three people");
  EXPECT_EQ(counted("cell phone", 5), "five cell phones");
  EXPECT_EQ(counted("car", 6), "several cars");
  EXPECT_EQ(counted("car", 1000), "several cars");
}

TEST(NounPhrase, CountsPairsAndLeavesMassesUncounted) {
  EXPECT_EQ(counted("scissors", 1), "a pair of scissors");
  EXPECT_EQ(counted("scissors", 2), "two pairs of scissors");
  EXPECT_EQ(counted("broccoli", 1), "some broccoli");
  EXPECT_EQ(counted("broccoli", 4), "some broccoli");
}

}  // namespace
}  // namespace saccade::test
