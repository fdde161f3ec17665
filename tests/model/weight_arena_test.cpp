#include "saccade/model/bundle/weight_arena.h"

#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/types.h>

namespace saccade {
namespace {

TEST(WeightArena, AllocatesAlignedTensorsThatDoNotOverlap) {
  WeightArena block(WeightArena::bytes_for(3) + WeightArena::bytes_for(16) +
                    WeightArena::bytes_for(1));
  const auto three = block.allocate({3}).fill_(3);
  const auto sixteen = block.allocate({2, 8}).fill_(16);
  const auto one = block.allocate({}).fill_(1);
  for (const auto& tensor : {three, sixteen, one}) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % 64, 0u);
  }
  EXPECT_TRUE(torch::equal(three, torch::full({3}, 3.f)));
  EXPECT_TRUE(torch::equal(sixteen, torch::full({2, 8}, 16.f)));
  EXPECT_EQ(one.item<float>(), 1);
}

TEST(WeightArena, RefusesToAllocateBeyondItsEnd) {
  WeightArena block(WeightArena::bytes_for(16));
  EXPECT_THROW(block.allocate({17}), std::invalid_argument);
  EXPECT_NO_THROW(block.allocate({16}));
  EXPECT_THROW(block.allocate({1}), std::invalid_argument);
}

TEST(WeightArena, LivesAsLongAsItsTensors) {
  at::Tensor tensor;
  {
    WeightArena block(WeightArena::bytes_for(1 << 20));
    block.allocate({1 << 19});
    tensor = block.allocate({1 << 19}).fill_(2);
  }
  EXPECT_EQ(tensor.sum().item<float>(), 1 << 20);
}

}  // namespace
}  // namespace saccade
