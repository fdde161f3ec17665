#include "saccade/training/batch_loader.h"

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

TEST_F(Loader, GivesPhotographsWithTheirCaptions) {
  const TrainingBatch first = batch(0);
  EXPECT_EQ(first.pixels.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  EXPECT_EQ(first.images, 2);
  std::vector<std::int64_t> blue = vocabulary_.encode({"two", "blue", "birds", "sit"});
  blue.push_back(Vocabulary::kEnd);
  EXPECT_TRUE(at::equal(first.targets[0], at::tensor(blue, at::kLong)));  // the longest
  EXPECT_EQ(first.places[static_cast<std::size_t>(first.inputs.image[0])], 1);
  std::map<std::int64_t, int> captions;
  for (const std::int64_t image : first.inputs.image) ++captions[image];
  EXPECT_EQ(captions, (std::map<std::int64_t, int>{{0, 2}, {1, 2}}));
}

TEST_F(Loader, RepeatsCaptionsWhereThereAreTooFew) {
  const TrainingBatch b = batch(0);
  EXPECT_TRUE(at::equal(b.targets[0], b.targets[1]));
}

TEST_F(Loader, DependsOnSeedEpochAndNumberAlone) {
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

TEST_F(Loader, NamesAPhotographThatCannotBeRead) {
  write_file(dataset_.images[1].file, "this is no image");
  BatchLoader loader(dataset_, vocabulary_, input_, config_);
  loader.begin(0, 0);
  try {
    loader.next();
    FAIL() << "the broken photograph was read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("cold.png"), std::string::npos);
  }
}

TEST_F(Loader, RefusesAnImageWithoutAWord) {
  dataset_.images[0].captions = {" . "};
  EXPECT_THROW(BatchLoader(dataset_, vocabulary_, input_, config_), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
