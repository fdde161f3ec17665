#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/search/hypothesis.h"

#include "search/toy_decoder.h"

namespace saccade::test {

/// Expects that every value of a hypothesis matches the toy decoder.
inline void expect_true_to(const ToyDecoder& toy, std::int64_t image,
                           const Hypothesis& hypothesis) {
  const auto length = hypothesis.ids.size();
  ASSERT_EQ(hypothesis.log_p.size(), length);
  ASSERT_EQ(hypothesis.gates.size(), length);
  ASSERT_EQ(hypothesis.cells.size(), length);
  ASSERT_EQ(hypothesis.alphas.size(), length * ToyDecoder::kCells);
  std::vector<std::int64_t> past;
  double sum = 0;
  for (std::size_t t = 0; t < length; ++t) {
    const auto expected = toy.log_p(image, past)[static_cast<std::size_t>(hypothesis.ids[t])];
    EXPECT_NEAR(hypothesis.log_p[t], expected, 1e-5);
    EXPECT_FLOAT_EQ(hypothesis.gates[t], toy.gate(image, past));
    EXPECT_EQ(hypothesis.cells[t], toy.cell(image, past));
    for (std::int64_t i = 0; i < ToyDecoder::kCells; ++i) {
      EXPECT_FLOAT_EQ(hypothesis.alphas[t * ToyDecoder::kCells + static_cast<std::size_t>(i)],
                      toy.alpha(image, past, i));
    }
    past.push_back(hypothesis.ids[t]);
    sum += expected;
  }
  if (hypothesis.finished) {
    EXPECT_NEAR(hypothesis.end_log_p, toy.log_p(image, past)[Vocabulary::kEnd], 1e-5);
    sum += hypothesis.end_log_p;
  } else {
    EXPECT_EQ(hypothesis.end_log_p, 0);
  }
  EXPECT_NEAR(hypothesis.log_prob, sum, 1e-4);
}

inline void expect_same(const Hypothesis& a, const Hypothesis& b) {
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.log_p, b.log_p);
  EXPECT_EQ(a.alphas, b.alphas);
  EXPECT_EQ(a.gates, b.gates);
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.alternatives, b.alternatives);
  EXPECT_EQ(a.finished, b.finished);
  EXPECT_EQ(a.end_log_p, b.end_log_p);
  EXPECT_EQ(a.log_prob, b.log_prob);
  EXPECT_EQ(a.score, b.score);
}

}  // namespace saccade::test
