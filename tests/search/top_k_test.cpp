#include <limits>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/search/beam_batch.h"

namespace saccade::test {
namespace {

TEST(TopK, AgreesWithTorchTopk) {
  torch::manual_seed(4);
  const auto log_p = torch::randn({7, 300});
  for (const std::int64_t k : {1, 2, 9, 300}) {
    const auto found = top_k(log_p, k);
    const auto [values, ids] = log_p.topk(k, 1);
    ASSERT_EQ(found.k, k);
    EXPECT_TRUE(torch::tensor(found.log_p).equal(values.flatten()));
    EXPECT_TRUE(torch::tensor(found.ids).equal(ids.flatten()));
  }
}

TEST(TopK, PutsTheLowerIdFirstInATie) {
  const auto found = top_k(torch::tensor({{1.F, 3.F, 1.F, 3.F, 1.F, 3.F}}), 4);
  EXPECT_EQ(found.ids, std::vector<std::int64_t>({1, 3, 5, 0}));
}

TEST(TopK, LeavesEntriesEmptyWhereNoWordIsPossible) {
  const float never = -std::numeric_limits<float>::infinity();
  const auto found = top_k(torch::tensor({{never, -2.F, never}, {never, never, never}}), 2);
  EXPECT_EQ(found.ids, std::vector<std::int64_t>({1, -1, -1, -1}));
  EXPECT_EQ(found.log_p, std::vector<float>({-2.F, never, never, never}));
}

TEST(TopK, HasAtMostAsManyEntriesAsWords) {
  EXPECT_EQ(top_k(torch::zeros({2, 3}), 10).k, 3);
  EXPECT_TRUE(top_k(torch::zeros({0, 3}), 2).ids.empty());
}

TEST(TopK, AcceptsTensorsThatAreNotDense) {
  const auto dense = torch::tensor({{1.F, 5.F}, {2.F, 4.F}, {3.F, 0.F}});
  EXPECT_EQ(top_k(dense.t(), 1).ids, std::vector<std::int64_t>({2, 0}));
}

}  // namespace
}  // namespace saccade::test
