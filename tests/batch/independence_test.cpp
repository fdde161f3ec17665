#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/caption/captioner.h"
#include "saccade/image/prepare.h"
#include "saccade/model/bundle/bundle.h"

namespace saccade {
namespace {

/// Photographs prepared for a model.
struct Photographs {
  at::Tensor pixels;
  std::vector<Placement> placements;
};

Photographs photographs(const InputConfig& input) {
  const std::vector<std::string> names{"cat", "lake", "coffee", "cameraman", "rocket"};
  Photographs all{torch::empty({std::int64_t(names.size()), 3, input.size, input.size}), {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Image image = load_image(SACCADE_SOURCE_DIR "/assets/" + names[i] + ".jpg");
    all.placements.push_back(
        prepare_into(image, input, all.pixels[std::int64_t(i)].data_ptr<float>()));
  }
  return all;
}

/// Captions the images of these numbers as one batch.
std::vector<Caption> caption(const Captioner& captioner, const Photographs& all,
                             const std::vector<std::int64_t>& numbers) {
  std::vector<Placement> placements;
  for (const std::int64_t i : numbers) placements.push_back(all.placements[std::size_t(i)]);
  CaptionOptions options;
  options.search.beam = 3;
  std::vector<Caption> best;
  for (auto& captions :
       captioner.caption(all.pixels.index_select(0, torch::tensor(numbers)), placements, options)) {
    best.push_back(std::move(captions.front()));
  }
  return best;
}

void expect_same_bits(const Caption& a, const Caption& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.log_prob, b.log_prob);
  EXPECT_EQ(a.confidence, b.confidence);
  ASSERT_EQ(a.words.size(), b.words.size());
  for (std::size_t t = 0; t < a.words.size(); ++t) {
    EXPECT_EQ(a.words[t].gate, b.words[t].gate) << t;
    EXPECT_EQ(a.words[t].attention, b.words[t].attention) << t;
  }
}

// A resumed run, a run on several machines, and `caption` form other batches of the same images.
TEST(Captions, HaveTheSameBitsInAnyBatchWithAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  for (const char* model : {"default", "flickr8k-hard"}) {
    const Captioner captioner = Captioner::load(std::string(SACCADE_SOURCE_DIR "/models/") + model);
    const Photographs all = photographs(captioner.bundle().config.input);
    at::set_num_threads(1);
    // Enough rows for the widest vectors of an operator.
    const std::vector<Caption> together = caption(captioner, all, {0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
    for (const int threads : {1, 2}) {
      at::set_num_threads(threads);
      for (const std::vector<std::int64_t>& batch : {std::vector<std::int64_t>{3}, {4, 1, 2}}) {
        const std::vector<Caption> some = caption(captioner, all, batch);
        for (std::size_t i = 0; i < batch.size(); ++i) {
          SCOPED_TRACE(std::string(model) + ", image " + std::to_string(batch[i]) +
                       " in a batch of " + std::to_string(batch.size()) + " with " +
                       std::to_string(threads) + " threads");
          expect_same_bits(some[i], together[std::size_t(batch[i])]);
        }
      }
    }
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace saccade
