#include "saccade/training/batch_loader.h"

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

TEST_F(Loader, PutsTheImageWithTheLongestCaptionFirst) {
  const TrainingBatch first = batch(0);
  EXPECT_EQ(first.pixels.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  const std::vector<std::int64_t> blue = vocabulary_.encode({"two", "blue", "birds", "sit"});
  for (std::size_t t = 0; t < blue.size(); ++t) {
    EXPECT_EQ(first.targets[0][0][static_cast<std::int64_t>(t)].item<std::int64_t>(), blue[t]);
  }
  EXPECT_EQ(first.images.front(), 2);
  EXPECT_EQ(first.images.back(), 1);
  EXPECT_TRUE(std::is_sorted(first.images.rbegin(), first.images.rend()));
}

TEST_F(Loader, ShiftsTheInputsByOneWord) {
  const TrainingBatch b = batch(1);
  for (std::int64_t image = 0; image < 2; ++image) {
    for (std::int64_t k = 0; k < 2; ++k) {
      const std::int64_t length = b.lengths[image][k].item<std::int64_t>();
      const at::Tensor inputs = b.inputs[image][k], targets = b.targets[image][k];
      EXPECT_EQ(inputs[0].item<std::int64_t>(), Vocabulary::kStart);
      EXPECT_EQ(targets[length - 1].item<std::int64_t>(), Vocabulary::kEnd);
      EXPECT_TRUE(at::equal(inputs.narrow(0, 1, length - 1), targets.narrow(0, 0, length - 1)));
      const at::Tensor filling = targets.narrow(0, length, targets.size(0) - length);
      EXPECT_TRUE((filling == Vocabulary::kPad).all().item<bool>());
    }
  }
}

TEST_F(Loader, RepeatsCaptionsWhereThereAreTooFew) {
  const TrainingBatch b = batch(0);
  EXPECT_TRUE(at::equal(b.targets[0][0], b.targets[0][1]));
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
