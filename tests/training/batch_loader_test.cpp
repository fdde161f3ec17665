#include "saccade/training/batch_loader.h"

#include <algorithm>
#include <map>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "saccade/text/ptb_tokenizer.h"

#include "training/tiny_data.h"

namespace saccade::test {
namespace {

class Loader : public ::testing::Test {
 protected:
  Loader() {
    dataset_ = tiny_dataset(folder_);
    dataset_.images[0].captions = {"red", "red wall", "a red wall"};
    dataset_.images[1].captions = {"two blue birds sit"};
    config_.batch_images = 2;
    config_.captions_per_image = 2;
    input_.size = 8;
  }
  TrainingBatch batch(std::int64_t epoch) const {
    BatchLoader loader(dataset_, vocabulary_, input_, config_);
    loader.begin(epoch, 0);
    return loader.next();
  }

  TemporaryFolder folder_;
  Dataset dataset_;
  Vocabulary vocabulary_{{"red", "wall", "a", "two", "blue", "birds", "sit"}};
  InputConfig input_;
  TrainingConfig config_;
};

TEST_F(Loader, LoadsImagesWithTheirCaptions) {
  const TrainingBatch first = batch(0);
  EXPECT_EQ(first.pixels.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  EXPECT_EQ(first.images, 2);
  std::vector<std::int64_t> blue = vocabulary_.encode({"two", "blue", "birds", "sit"});
  blue.push_back(Vocabulary::kEnd);
  EXPECT_TRUE(at::equal(first.targets[0], at::tensor(blue, at::kLong)));  // the longest
  EXPECT_EQ(first.image_indices[static_cast<std::size_t>(first.inputs.image[0])], 1);
  std::map<std::int64_t, int> captions;
  for (const std::int64_t image : first.inputs.image) ++captions[image];
  EXPECT_EQ(captions, (std::map<std::int64_t, int>{{0, first.image_indices[0] == 0 ? 2 : 1},
                                                   {1, first.image_indices[1] == 0 ? 2 : 1}}));
}

TEST_F(Loader, RepeatsNoCaption) {
  config_.captions_per_image = 3;
  const TrainingBatch b = batch(0);
  EXPECT_EQ(b.targets.size(0), 4) << "three captions of one image and one of the other";
}

TEST_F(Loader, SamplesImagesByTheirShares) {
  config_.batch_images = 1;
  BatchLoader loader(dataset_, vocabulary_, input_, config_, true, {}, {{1, 3}, {1, 0}});
  ASSERT_EQ(loader.batches_per_epoch(), 3);
  loader.begin(0, 0);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(loader.next().image_indices, (std::vector<std::int64_t>{0}));
}

TEST_F(Loader, DependsOnlyOnSeedEpochAndNumber) {
  config_.augment.crop_area = 0.5;
  const TrainingBatch a = batch(3), b = batch(3), c = batch(4);
  EXPECT_TRUE(at::equal(a.pixels, b.pixels));
  EXPECT_TRUE(at::equal(a.targets, b.targets));
  EXPECT_FALSE(at::equal(a.pixels, c.pixels));
  config_.batch_images = 1;
  BatchLoader whole(dataset_, vocabulary_, input_, config_),
      tail(dataset_, vocabulary_, input_, config_);
  whole.begin(2, 0);
  whole.next();
  tail.begin(2, 1);
  EXPECT_TRUE(at::equal(whole.next().pixels, tail.next().pixels));
}

TEST_F(Loader, NamesAnImageThatCannotBeRead) {
  write_file(dataset_.images[1].file, "this is no image");
  BatchLoader loader(dataset_, vocabulary_, input_, config_);
  loader.begin(0, 0);
  try {
    loader.next();
    FAIL() << "the broken image was read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("cold.png"), std::string::npos);
  }
}

TEST_F(Loader, RefusesAnImageWithoutAWord) {
  dataset_.images[0].captions = {" . "};
  EXPECT_THROW(BatchLoader(dataset_, vocabulary_, input_, config_), std::runtime_error);
}

/// The phrases of the images: "wall" in two captions of the first.
DatasetPhrases wall_phrases(const Dataset& dataset) {
  DatasetPhrases phrases;
  phrases.of = {{{}, {{0, 2, "", "", {{0, 0, 0.5, 1}}}}, {{0, 3, "", "", {{0, 0, 0.5, 1, 0.5}}}}},
                {{}}};
  EXPECT_EQ(phrases.of[0].size(), dataset.images[0].captions.size());
  return phrases;
}

TEST_F(Loader, MovesTheBoxesOfPhrasesWithTheImage) {
  config_.captions_per_image = 3;
  config_.augment.flip = true;
  input_.fit = Fit::center_crop;  // columns 8 to 56 of 64×48
  BatchLoader loader(dataset_, vocabulary_, input_, config_, true, {}, {}, wall_phrases(dataset_));
  int mirrored = 0;
  for (std::int64_t epoch = 0; epoch < 20; ++epoch) {
    loader.begin(epoch, 0);
    const TrainingBatch b = loader.next();
    ASSERT_TRUE(b.supervised);
    std::map<std::int64_t, int> positions;
    for (std::size_t r = 0; r < b.given.size(); ++r) {
      const auto& words = b.supervised->at(static_cast<std::size_t>(b.given[r]));
      const bool first = b.image_indices[static_cast<std::size_t>(b.inputs.image[r])] == 0;
      EXPECT_TRUE(first || words.empty());
      for (const SupervisedWord& word : words) {
        ++positions[word.position];
        // The head "wall" is the word before the end token in both captions.
        EXPECT_EQ(b.targets[static_cast<std::int64_t>(r)][word.position].item<std::int64_t>(),
                  vocabulary_.id("wall"));
        ASSERT_EQ(word.boxes.size(), 1U);
        const Box& box = word.boxes[0];
        const bool left = box.left < 0.25;
        mirrored += left ? 0 : 1;
        EXPECT_NEAR(left ? box.left : box.right, left ? 0 : 1, 1e-9);
        EXPECT_NEAR(box.right - box.left, 0.5, 1e-9);
      }
    }
    EXPECT_EQ(positions, (std::map<std::int64_t, int>{{1, 1}, {2, 1}}));
  }
  EXPECT_GT(mirrored, 8);
  EXPECT_LT(mirrored, 32);
}

TEST_F(Loader, FitsTheBoxesOfImagesThatAreNotDecoded) {
  input_.fit = Fit::pad;  // 64×48 fills the rows 1/8 to 7/8
  const auto supervised = [&](bool with_pixels) {
    config_.captions_per_image = 3;
    BatchLoader loader(dataset_, vocabulary_, input_, config_, with_pixels, {}, {},
                       wall_phrases(dataset_));
    loader.begin(0, 0);
    std::vector<Box> boxes;
    const TrainingBatch b = loader.next();
    for (const SupervisedCaption& words : *b.supervised) {
      for (const SupervisedWord& word : words) boxes.push_back(word.boxes.at(0));
    }
    return boxes;
  };
  const auto decoded = supervised(true), cached = supervised(false);
  ASSERT_EQ(decoded.size(), 2U);
  ASSERT_EQ(cached.size(), 2U);
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    EXPECT_NEAR(decoded[i].top, 0.125, 1e-9);
    EXPECT_NEAR(cached[i].top, decoded[i].top, 1e-9);
    EXPECT_NEAR(cached[i].bottom, decoded[i].bottom, 1e-9);
    EXPECT_NEAR(cached[i].right, decoded[i].right, 1e-9);
  }
}

TEST_F(Loader, LoadsImagesWithLabelsAfterThoseWithCaptions) {
  dataset_.images[0].captions.clear();
  dataset_.images[0].labels = {{"wall", 1}, {"bird", 3}, {"unknown", 1}};
  const auto id = [&](const char* word) { return vocabulary_.id(word); };
  const LabelWordings words{
      {"wall", {{{id("a"), id("wall")}}, {id("wall")}}},
      {"bird", {{{id("a")}, {id("two"), id("birds")}}, {id("birds"), id("blue")}}}};
  const auto epochs = [&](bool with_pixels) {
    BatchLoader loader(dataset_, vocabulary_, input_, config_, with_pixels, {}, {}, {}, words);
    std::vector<std::vector<std::int64_t>> phrases;
    for (std::int64_t epoch = 0; epoch < 10; ++epoch) {
      loader.begin(epoch, 0);
      const TrainingBatch b = loader.next();
      EXPECT_EQ(b.images, 1);
      EXPECT_EQ(b.image_indices, (std::vector<std::int64_t>{1, 0}));
      EXPECT_EQ(b.pixels.defined() ? b.pixels.size(0) : 2, 2);
      EXPECT_EQ(b.labelled.at(0).names.size(), 2U) << "one label has no word";
      phrases.push_back(b.labelled[0].phrase);
    }
    return phrases;
  };
  const auto phrases = epochs(true);
  const std::vector<std::int64_t> wall{id("a"), id("wall")}, birds{id("two"), id("birds")};
  for (const auto& phrase : phrases) EXPECT_TRUE(phrase == wall || phrase == birds);
  EXPECT_NE(std::count(phrases.begin(), phrases.end(), wall), 0) << "the order is random";
  EXPECT_NE(std::count(phrases.begin(), phrases.end(), birds), 0);
  EXPECT_EQ(phrases, epochs(false)) << "the order depends only on the seed and the epoch";

  config_.labels.phrases = false;
  BatchLoader without(dataset_, vocabulary_, input_, config_, false, {}, {}, {}, words);
  without.begin(0, 0);
  EXPECT_TRUE(without.next().labelled.at(0).phrase.empty());
}

TEST_F(Loader, RefusesAnImageWithoutAKnownLabel) {
  dataset_.images[0].captions.clear();
  dataset_.images[0].labels = {{"wall", 1}};
  EXPECT_THROW(BatchLoader(dataset_, vocabulary_, input_, config_), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
