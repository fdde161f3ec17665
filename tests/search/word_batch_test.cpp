#include "saccade/search/word_batch.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "saccade/text/vocabulary.h"

namespace saccade::test {
namespace {

constexpr std::int64_t kEnd = Vocabulary::kEnd, kPad = Vocabulary::kPad;

using Rows = std::vector<std::int64_t>;

TEST(WordBatch, PutsTheLongestCaptionsFirst) {
  const WordBatch words =
      make_word_batch({{{5}, {6, kEnd}}, {{7, 8, kEnd}, {9}}, {{4, kEnd}, {4}}});
  EXPECT_EQ(words.given, (Rows{2, 1, 4, 0, 3, 5}));
  EXPECT_EQ(words.inputs.image, (Rows{1, 0, 2, 0, 1, 2}));
  EXPECT_EQ(words.inputs.rows, (Rows{6, 3, 1}));
  EXPECT_EQ(words.images, 3);
  EXPECT_TRUE(at::equal(words.lengths, at::tensor({3, 2, 2, 1, 1, 1}, at::kLong)));
  EXPECT_TRUE(at::equal(words.targets.select(1, 0), at::tensor({7, 6, 4, 5, 9, 4}, at::kLong)));
}

TEST(WordBatch, ShiftsTheInputsByOneWord) {
  const WordBatch words = make_word_batch({{{7, 8, kEnd}, {5, kEnd}}});
  const int start = Vocabulary::kStart, pad = kPad;
  EXPECT_TRUE(at::equal(words.inputs.words,
                        at::tensor({start, 7, 8, start, 5, pad}, at::kLong).view({2, 3})));
}

TEST(WordBatch, AddsNoEndToATruncatedCaption) {
  const WordBatch words = make_word_batch({{{7, 8, 9}, {5, kEnd}}});
  EXPECT_TRUE(at::equal(words.targets,
                        at::tensor({7, 8, 9, 5, int(kEnd), int(kPad)}, at::kLong).view({2, 3})));
  EXPECT_TRUE(at::equal(words.lengths, at::tensor({3, 2}, at::kLong)));
}

TEST(WordBatch, ListsEveryWordOnceWithItsCaption) {
  const WordBatch words = make_word_batch({{{7, 8, kEnd}, {5, kEnd}}, {{6, kEnd}, {kEnd}}});
  const Positions places = positions_of(words);
  // time-major: step 0 of all four, then step 1 of three, then step 2 of the longest
  EXPECT_TRUE(
      at::equal(places.targets,
                at::tensor({7, 5, 6, int(kEnd), 8, int(kEnd), int(kEnd), int(kEnd)}, at::kLong)));
  EXPECT_TRUE(at::equal(places.row, at::tensor({0, 1, 2, 3, 0, 1, 2, 0}, at::kLong)));
}

TEST(WordBatch, SelectsImages) {
  const Targets targets{{{5, 6, 7, 8, kEnd}}, {{9, 10, kEnd}, {9, kEnd}}, {{4, kEnd}}, {{kEnd}}};
  const WordBatch some = of_images(make_word_batch(targets), {3, 1});
  const WordBatch alone = make_word_batch({targets[3], targets[1]});
  EXPECT_TRUE(at::equal(some.inputs.words, alone.inputs.words));
  EXPECT_TRUE(at::equal(some.targets, alone.targets));
  EXPECT_TRUE(at::equal(some.lengths, alone.lengths));
  EXPECT_EQ(some.inputs.image, alone.inputs.image);
  EXPECT_EQ(some.inputs.rows, alone.inputs.rows);
  EXPECT_EQ(some.images, 2);
  EXPECT_EQ(some.given, (Rows{1, 2, 4}));  // indices in the whole batch
}

TEST(WordBatch, IsDividedEvenly) {
  Targets targets;
  for (std::size_t words = 1; words <= 12; ++words)
    targets.push_back({Rows(words, 5), Rows(words, 6)});
  const WordBatch batch = make_word_batch(targets);
  std::vector<std::int64_t> seen;
  for (const Rows& part : even_parts(batch, 3)) {
    EXPECT_EQ(part.size(), 4U);
    EXPECT_EQ(of_images(batch, part).lengths.sum().item<std::int64_t>(), 2 * 78 / 3);
    seen.insert(seen.end(), part.begin(), part.end());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (Rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(WordBatch, RefusesEmptyInputs) {
  EXPECT_THROW(make_word_batch({}), std::invalid_argument);
  EXPECT_THROW(make_word_batch({{{5}}, {}}), std::invalid_argument);
  EXPECT_THROW(make_word_batch({{{5}, {}}}), std::invalid_argument);
  EXPECT_THROW(of_images(make_word_batch({{{5}}}), {}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
