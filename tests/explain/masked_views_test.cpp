#include "saccade/explain/maps/masked_views.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "model/small_decoder.h"

namespace saccade::test {
namespace {

/// The features with their cells replaced, one view at a time.
Features replaced(const Features& features, const at::Tensor& fillers, const at::Tensor& cells) {
  std::vector<at::Tensor> views;
  for (std::int64_t m = 0; m < cells.size(0); ++m) {
    at::Tensor view = features.values[0].clone();
    for (std::int64_t i = 0; i < cells.size(1); ++i) {
      const auto filler = cells[m][i].item<std::int64_t>();
      if (filler >= 0) view[i] = fillers[filler];
    }
    views.push_back(view);
  }
  return {at::stack(views), features.grid};
}

TEST(MaskedViews, GiveTheStateOfReplacedCells) {
  torch::NoGradGuard no_gradient;
  for (const Score score : {Score::additive, Score::dot, Score::general}) {
    for (const std::int64_t projection : {std::int64_t{6}, std::int64_t{0}}) {
      DecoderConfig config = small_config();
      config.score = score;
      config.projection = projection;
      if (score == Score::dot) config.hidden = config.annotation_size();
      const Decoder decoder = make_decoder(config);
      const Features features = make_features(1, config.features);
      const at::Tensor fillers = torch::randn({2, config.features});
      const at::Tensor cells = torch::randint(-1, 2, {4, 10}, at::kLong);
      const State quick = start_masked(decoder, features, fillers, cells);
      const State plain = decoder->start(replaced(features, fillers, cells));
      EXPECT_EQ(quick.annotations.grid, features.grid);
      EXPECT_TRUE(at::allclose(quick.annotations.values, plain.annotations.values, 1e-5, 1e-6));
      EXPECT_TRUE(at::allclose(quick.h, plain.h, 1e-5, 1e-6));
      EXPECT_TRUE(at::allclose(quick.c, plain.c, 1e-5, 1e-6));
      const at::Tensor words = torch::full({4}, 1, at::kLong);
      const Step a = decoder->step(quick, words, AttentionMode::expected);
      const Step b = decoder->step(plain, words, AttentionMode::expected);
      EXPECT_TRUE(at::allclose(a.logits, b.logits, 1e-4, 1e-5));
      EXPECT_TRUE(at::allclose(a.alpha, b.alpha, 1e-4, 1e-6));
    }
  }
}

TEST(MaskedViews, ConcatenateTheRowsOfStates) {
  torch::NoGradGuard no_gradient;
  const Decoder decoder = make_decoder(small_config());
  const Features three = make_features(3, 7);
  const auto part = [&](std::int64_t from, std::int64_t count) {
    return decoder->start({three.values.narrow(0, from, count), three.grid});
  };
  const State joined = concatenate({part(0, 1), part(1, 2)});
  const State whole = decoder->start(three);
  EXPECT_TRUE(at::allclose(joined.annotations.keys, whole.annotations.keys, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(joined.h, whole.h, 1e-5, 1e-6));
  EXPECT_EQ(joined.rows(), 3);
  EXPECT_THROW(concatenate({}), std::invalid_argument);
}

TEST(MaskedViews, RefuseMismatchedInputs) {
  torch::NoGradGuard no_gradient;
  const Decoder decoder = make_decoder(small_config());
  const Features features = make_features(1, 7);
  const at::Tensor fillers = torch::zeros({1, 7});
  const auto start = [&](const Features& a, const at::Tensor& f, const at::Tensor& cells) {
    return start_masked(decoder, a, f, cells);
  };
  const auto cells = [](std::int64_t value, std::int64_t L = 10) {
    return torch::full({1, L}, value, at::kLong);
  };
  EXPECT_NO_THROW(start(features, fillers, cells(0)));
  EXPECT_THROW(start(features, fillers, cells(1)), std::invalid_argument);
  EXPECT_THROW(start(features, fillers, cells(-2)), std::invalid_argument);
  EXPECT_THROW(start(features, fillers, cells(0, 9)), std::invalid_argument);
  EXPECT_THROW(start(features, torch::zeros({1, 6}), cells(0)), std::invalid_argument);
  EXPECT_THROW(start(make_features(2, 7), fillers, cells(0)), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
