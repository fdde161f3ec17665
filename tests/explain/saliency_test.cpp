#include "saccade/explain/maps/saliency.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/explain/maps/word_maps.h"
#include "saccade/search/score.h"

#include "explain/small_captioner.h"
#include "model/small_decoder.h"

namespace saccade::test {
namespace {

/// log p of each word, computed with the step of the search in double precision.
std::vector<double> log_p_of(const Decoder& decoder, const Features& features,
                             const std::vector<std::int64_t>& ids, AttentionMode mode) {
  torch::NoGradGuard no_gradient;
  State state = decoder->start(features, 1, features.values.scalar_type());
  std::vector<double> result;
  std::int64_t word = Vocabulary::kStart;
  for (const auto id : ids) {
    const Step step = decoder->step(state, torch::full({1}, word, at::kLong), mode);
    result.push_back(at::log_softmax(step.logits, 1)[0][id].item<double>());
    state = step.next;
    word = id;
  }
  return result;
}

TEST(Saliency, AnnotationGradientsMatchFiniteDifferences) {
  for (const AttentionMode mode : {AttentionMode::expected, AttentionMode::argmax}) {
    const Decoder decoder = make_decoder(small_config(), at::kDouble);
    Features features = make_features(1, 7, {2, 3}, at::kDouble);
    const std::vector<std::int64_t> ids{5, 9, 4};
    const at::Tensor gradients = annotation_gradients(decoder, features, ids, mode);
    ASSERT_EQ(gradients.sizes(), (std::vector<std::int64_t>{3, 6, 7}));
    constexpr double kStep = 1e-6;
    double* value = features.values.data_ptr<double>();
    for (std::int64_t i = 0; i < features.values.numel(); ++i) {
      const double kept = value[i];
      value[i] = kept + kStep;
      const auto above = log_p_of(decoder, features, ids, mode);
      value[i] = kept - kStep;
      const auto below = log_p_of(decoder, features, ids, mode);
      value[i] = kept;
      for (std::size_t t = 0; t < ids.size(); ++t) {
        const double expected = (above[t] - below[t]) / (2 * kStep);
        ASSERT_NEAR(gradients.contiguous().data_ptr<double>()[std::int64_t(t) * 42 + i], expected,
                    1e-6)
            << "word " << t << ", element " << i;
      }
    }
  }
}

TEST(Saliency, PixelGradientsMatchFiniteDifferences) {
  Bundle bundle = small_bundle();
  bundle.encoder->to(at::kDouble);
  bundle.decoder->to(at::kDouble);
  torch::manual_seed(2);
  at::Tensor pixels = torch::randn({1, 3, 32, 32}, at::kDouble);
  const std::vector<std::int64_t> ids{5, 8};
  const at::Tensor gradients =
      pixel_gradients(bundle.encoder, bundle.decoder, pixels, ids, AttentionMode::expected)
          .contiguous();
  ASSERT_EQ(gradients.sizes(), (std::vector<std::int64_t>{2, 3, 32, 32}));
  const auto log_p = [&] {
    torch::NoGradGuard no_gradient;
    return log_p_of(bundle.decoder, bundle.encoder->forward(pixels), ids, AttentionMode::expected);
  };
  constexpr double kStep = 1e-6;
  double* value = pixels.data_ptr<double>();
  for (std::int64_t i = 0; i < pixels.numel(); i += 97) {
    const double kept = value[i];
    value[i] = kept + kStep;
    const auto above = log_p();
    value[i] = kept - kStep;
    const auto below = log_p();
    value[i] = kept;
    for (std::int64_t t = 0; t < 2; ++t) {
      const double expected = (above[std::size_t(t)] - below[std::size_t(t)]) / (2 * kStep);
      EXPECT_NEAR(gradients.data_ptr<double>()[t * 3 * 32 * 32 + i], expected,
                  1e-6 + 1e-5 * std::abs(expected));
    }
  }
}

TEST(Saliency, OcclusionIsTheDropWhenASquareIsHidden) {
  const Decoder decoder = make_decoder(small_config());
  const Features features = make_features(1, 7, {3, 4});
  const std::vector<std::int64_t> ids{5, 9, 4};
  const at::Tensor falls = occlusion_falls(decoder, features, ids, AttentionMode::expected, 1);
  ASSERT_EQ(falls.sizes(), (std::vector<std::int64_t>{3, 12}));
  const auto plain = log_p_of(decoder, features, ids, AttentionMode::expected);
  for (std::int64_t row = 0; row < 3; ++row) {
    for (std::int64_t col = 0; col < 4; ++col) {
      at::Tensor hidden = features.values.clone();
      for (std::int64_t r = std::max<std::int64_t>(0, row - 1);
           r <= std::min<std::int64_t>(2, row + 1); ++r) {
        for (std::int64_t c = std::max<std::int64_t>(0, col - 1);
             c <= std::min<std::int64_t>(3, col + 1); ++c) {
          hidden[0][r * 4 + c] = features.values[0].mean(0);
        }
      }
      const auto without = log_p_of(decoder, {hidden, features.grid}, ids, AttentionMode::expected);
      for (std::size_t t = 0; t < 3; ++t) {
        EXPECT_NEAR(falls[std::int64_t(t)][row * 4 + col].item<float>(), plain[t] - without[t],
                    1e-5);
      }
    }
  }
  EXPECT_THROW(occlusion_falls(decoder, features, {}, AttentionMode::expected, 1),
               std::invalid_argument);
  EXPECT_THROW(annotation_gradients(decoder, features, {}, AttentionMode::expected),
               std::invalid_argument);
}

TEST(Saliency, OcclusionDoesNotDependOnTheNumberOfViewsAtOnce) {
  const Decoder decoder = make_decoder(small_config());
  const Features features = make_features(1, 7, {3, 4});
  const std::vector<std::int64_t> ids{5, 9, 4};
  const at::Tensor together = occlusion_falls(decoder, features, ids, AttentionMode::expected, 1);
  for (const std::int64_t views : {1, 5, 12, 100}) {
    const at::Tensor falls =
        occlusion_falls(decoder, features, ids, AttentionMode::expected, 1, views);
    EXPECT_LT((falls - together).abs().max().item<float>(), 1e-6) << views;
  }
}

TEST(Saliency, OcclusionKeepsAtMost256MebibytesOfViews) {
  DecoderConfig config;
  config.vocabulary = 2500;
  for (const std::int64_t cells : {49, 324, 4096, 1 << 20}) {
    const std::int64_t words = 20;
    const double bytes = 4.0 * (double(cells) * double(config.projection + config.attention) +
                                double(words) * double(config.vocabulary + cells));
    const std::int64_t views = occlusion_views_at_once(config, cells, words);
    EXPECT_GE(views, 1);
    if (views > 1) {
      EXPECT_LE(double(views) * bytes, double(256 << 20)) << cells;
    }
    EXPECT_GT(double(views + 1) * bytes, double(256 << 20)) << cells;
  }
}

TEST(WordMaps, AreSharesForEveryKind) {
  const Captioner captioner(small_bundle());
  const Image image = noisy_image();
  const auto caption = score_sentence(
      captioner, image, small_sentence(captioner.bundle(), {"a", "dog", "zebra", "sits"}));
  for (const std::string& name : map_kind_names()) {
    const MapKind kind = map_kind_from_string(name);
    EXPECT_EQ(to_string(kind), name);
    const auto maps = word_maps(captioner, image, caption, kind);
    ASSERT_EQ(maps.size(), 4U) << name;
    for (std::size_t t = 0; t < 4; ++t) {
      ASSERT_EQ(std::int64_t(maps[t].size()), caption.grid.cells());
      double sum = 0;
      for (const float value : maps[t]) {
        EXPECT_GE(value, 0) << name;
        sum += value;
      }
      EXPECT_NEAR(sum, 1, 1e-4) << name;
    }
    EXPECT_EQ(maps[1] == caption.words[1].attention, kind == MapKind::alpha) << name;
  }
  EXPECT_THROW(map_kind_from_string("beta"), std::invalid_argument);
  EXPECT_THROW(word_maps(captioner, image, Caption{}, MapKind::alpha), std::invalid_argument);
}

TEST(WordMaps, CorrelateByRank) {
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4}, {1, 8, 9, 100}), 1, 1e-12);
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4}, {4, 3, 2, 1}), -1, 1e-12);
  // Without shared ranks, 1 − 6 Σ d² / (n (n² − 1)) with d = 0, 1, −1, 0.
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4}, {1, 3, 2, 4}), 0.8, 1e-12);
  // Shared ranks: {1, 1, 2} has the ranks 0.5, 0.5, 2; their correlation with 0, 1, 2 is √3/2.
  EXPECT_NEAR(rank_correlation({1, 1, 2}, {1, 2, 3}), std::sqrt(3.0) / 2, 1e-12);
  EXPECT_EQ(rank_correlation({1, 1}, {1, 2}), 0);
  EXPECT_THROW(rank_correlation({1}, {1, 2}), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
