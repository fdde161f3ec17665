#include "saccade/training/feature_cache.h"

#include <fstream>

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "saccade/image/image.h"
#include "saccade/image/prepare.h"

#include "training/tiny_data.h"

namespace saccade::test {
namespace {

class Cache : public ::testing::Test {
 protected:
  Cache() : dataset_(tiny_dataset(folder_)) {
    config_.input.size = 32;
    config_.encoder.layer = "features.5";
    config_.decoder.vocabulary = 9;
    torch::manual_seed(1);
    encoder_ = Encoder(config_.encoder);
    encoder_->eval();
  }
  FeatureCache open(const Progress& progress = {}, std::uint64_t limit = 1U << 20) {
    return FeatureCache::open(folder_ / "cache", limit, dataset_, config_, encoder_, at::kFloat,
                              progress);
  }

  TemporaryFolder folder_;
  Dataset dataset_;
  ModelConfig config_;
  Encoder encoder_{nullptr};
};

TEST_F(Cache, ContainsTheOutputsOfTheEncoder) {
  torch::NoGradGuard no_gradient;
  const Features cached = open().features({1, 0, 1});
  for (const auto& [row, image] : {std::pair{0, 1}, std::pair{1, 0}, std::pair{2, 1}}) {
    at::Tensor pixels = at::empty({1, 3, 32, 32});
    const auto& file = dataset_.images[static_cast<std::size_t>(image)].file;
    prepare_into(load_image(file), config_.input, pixels.data_ptr<float>());
    const Features direct = encoder_->forward(pixels);
    EXPECT_EQ(cached.grid.rows, direct.grid.rows);
    EXPECT_TRUE(at::allclose(cached.values[row].to(at::kFloat), direct.values[0], 1e-3, 1e-4));
  }
}

TEST_F(Cache, IsReusedUntilSomethingChanges) {
  int made = 0;
  const auto count = [&](std::size_t, std::size_t) { ++made; };
  const auto first = open(count).file();
  EXPECT_EQ(open(count).file(), first);
  EXPECT_EQ(made, 1);
  {
    torch::NoGradGuard no_gradient;
    encoder_->parameters()[0].view({-1})[0] += 1;
  }
  const auto second = open(count).file();
  EXPECT_NE(second, first);
  EXPECT_EQ(made, 2);
  std::ofstream(dataset_.images[0].file, std::ios::app | std::ios::binary) << "more";
  EXPECT_NE(open(count).file(), second);
  EXPECT_EQ(made, 3);
}

TEST_F(Cache, RecreatesAnIncompleteFile) {
  int made = 0;
  const auto count = [&](std::size_t, std::size_t) { ++made; };
  const auto file = open(count).file();
  std::filesystem::resize_file(file, 100);
  open(count);
  EXPECT_EQ(made, 2);
}

TEST_F(Cache, RespectsItsLimit) {
  try {
    open({}, 1000);
    FAIL() << "the limit was ignored";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("raise the limit"), std::string::npos);
  }
}

}  // namespace
}  // namespace saccade::test
