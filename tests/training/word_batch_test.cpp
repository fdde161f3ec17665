#include "saccade/training/word_batch.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "saccade/text/vocabulary.h"

namespace saccade::test {
namespace {

constexpr std::int64_t kEnd = Vocabulary::kEnd, kPad = Vocabulary::kPad;

TEST(WordBatch, OrdersImagesByTheirLongestCaption) {
  const WordBatch words =
      make_word_batch({{{5}, {6, kEnd}}, {{7, 8, kEnd}, {9}}, {{4, kEnd}, {4}}});
  EXPECT_EQ(words.order, (std::vector<std::int64_t>{1, 0, 2}));
  EXPECT_EQ(words.images, (std::vector<std::int64_t>{3, 3, 1}));
  EXPECT_TRUE(at::equal(words.targets.select(2, 0),
                        at::tensor({7, 9, 5, 6, 4, 4}, at::kLong).view({3, 2})));
}

TEST(WordBatch, GivesACaptionThatWasCutOffNoEnd) {
  const WordBatch words = make_word_batch({{{7, 8, 9}, {5, kEnd}}});
  EXPECT_TRUE(at::equal(words.targets,
                        at::tensor({7, 8, 9, 5, int(kEnd), int(kPad)}, at::kLong).view({1, 2, 3})));
  EXPECT_TRUE(at::equal(words.lengths, at::tensor({3, 2}, at::kLong).view({1, 2})));
}

TEST(WordBatch, ListsEveryWordOnceWithItsCaption) {
  const WordBatch words = make_word_batch({{{7, 8, kEnd}, {5, kEnd}}, {{6, kEnd}, {kEnd}}});
  const Places places = places_of(words);
  // time-major: step 0 of both images, then step 1 of both, then step 2 of the first
  EXPECT_TRUE(
      at::equal(places.targets,
                at::tensor({7, 5, 6, int(kEnd), 8, int(kEnd), int(kEnd), int(kEnd)}, at::kLong)));
  EXPECT_TRUE(at::equal(places.row, at::tensor({0, 1, 2, 3, 0, 1, 2, 0}, at::kLong)));
}

TEST(WordBatch, IsDividedIntoEveryNthImage) {
  const Targets targets{{{5, 6, 7, 8, kEnd}}, {{9, 10, kEnd}}, {{4, kEnd}}, {{kEnd}}, {{5, kEnd}}};
  const WordBatch words = make_word_batch(targets);  // the last before the one of the end alone
  const WordBatch even = every_nth(words, 0, 2), odd = every_nth(words, 1, 2);
  EXPECT_EQ(even.order, (std::vector<std::int64_t>{0, 2, 3}));
  EXPECT_EQ(odd.order, (std::vector<std::int64_t>{1, 4}));
  EXPECT_EQ(even.images, (std::vector<std::int64_t>{3, 2, 1, 1, 1}));
  EXPECT_EQ(odd.images, (std::vector<std::int64_t>{2, 2, 1}));
  const auto same = [](const WordBatch& a, const WordBatch& b) {
    return at::equal(a.inputs, b.inputs) && at::equal(a.targets, b.targets) &&
           at::equal(a.lengths, b.lengths);
  };
  EXPECT_TRUE(same(even, make_word_batch({targets[0], targets[2], targets[3]})));
  EXPECT_TRUE(same(odd, make_word_batch({targets[1], targets[4]})));
  EXPECT_TRUE(every_nth(words, 7, 8).images.empty());
}

TEST(WordBatch, RefusesUnevenAndEmptyCaptions) {
  EXPECT_THROW(make_word_batch({}), std::invalid_argument);
  EXPECT_THROW(make_word_batch({{{5}, {6}}, {{6}}}), std::invalid_argument);
  EXPECT_THROW(make_word_batch({{{5}, {}}}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
